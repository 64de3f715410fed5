// SPDX-License-Identifier: LGPL-2.1-or-later
// The one EFI variable that outlives a boot that does not come to its end. Firmware can be slow and
// can hang, so it is asked in a process of its own.
#pragma once

#include <optional>
#include <string>
#include <system_error>

#include "hook/root.hpp"

namespace driver_override {

/// What the variable says of the last trial rules.
struct TrialRecord {
  std::string hash;        ///< of the rules
  bool confirmed = false;  ///< false: they have been tried
};

/// The file of the variable below the root: NAME-GUID, as efivarfs(5) has it.
constexpr const char* trial_variable =
    "sys/firmware/efi/efivars/DriverOverrideTrial-9f3c1b62-5d0e-4a7e-b1c4-2e6a8d70f5a9";

/// Mounts efivarfs on the running system if nobody has done so, for those who write the variable.
/// If it cannot be mounted, read_trial_variable() says so.
void mount_trial_variables(const Root& root);

/// Reads the variable.
///
/// \param error  why nothing can be read: not_supported without EFI, no_such_device if efivarfs is
///               not mounted, timed_out if the firmware does not answer. No variable is no error.
std::optional<TrialRecord> read_trial_variable(const Root& root, std::error_code& error);

/// Writes the variable, whose content lasts when the function returns.
///
/// \param error  why nothing could be written; read_only_file_system if efivarfs is mounted so
void write_trial_variable(const Root& root, const TrialRecord& record, std::error_code& error);

}  // namespace driver_override

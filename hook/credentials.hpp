// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules that the firmware, a hypervisor or the boot loader hands over as credentials of systemd.
#pragma once

#include <string>
#include <vector>

#include "hook/root.hpp"

namespace driver_override {

/// One credential, `driver-override.*`, or a folder that may have held some.
struct Credential {
  /// Below the root, without a `/` in front. A credential is under `credential_folder`, whichever
  /// unit reads it: the image's or the real root's.
  std::string path;
  std::string text;
  std::string fault{};  ///< why it was not read; empty if it was
};

/// Where the credentials of the whole system lie (systemd.exec(5), System and Service Credentials).
constexpr const char* credential_folder = "run/credentials/@system";

/// Reads the credentials, sorted by name: those that the unit was given (ImportCredential=, which
/// also decrypts), and those of the system that it was not given, as before systemd 254. Behind
/// them the folders that cannot be listed. What only root may look at is not there for others.
std::vector<Credential> read_credentials(const Root& root);

}  // namespace driver_override

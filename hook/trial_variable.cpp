// SPDX-License-Identifier: LGPL-2.1-or-later
// Facts about efivarfs: Documentation/filesystems/efivarfs.rst, fs/efivarfs/{file,inode,super}.c.
#include "hook/trial_variable.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <functional>
#include <string_view>

#include "hook/child.hpp"
#include "hook/last_error.hpp"

namespace driver_override {
namespace {

constexpr const char* firmware = "sys/firmware/efi";
constexpr const char* variables = "sys/firmware/efi/efivars";

/// In front of the value, little-endian: EFI_VARIABLE_NON_VOLATILE, BOOTSERVICE_ACCESS,
/// RUNTIME_ACCESS (UEFI 2.10, 8.2 GetVariable).
constexpr std::string_view attributes("\x07\x00\x00\x00", 4);

constexpr std::chrono::milliseconds patience{5000};

/// Firmware has always some variable. A copy of a machine's tree has what it has.
bool are_variables_mounted(const Root& root) {
  std::error_code error;
  return !root.is_system() || !root.list(variables, error).empty();
}

/// The kernel loads the file system's module by itself (fs/filesystems.c, get_fs_type).
void mount_variables(const Root& root) {
  if (are_variables_mounted(root)) return;
  const std::string place = std::string("/") + variables;
  (void)::mount("efivarfs", place.c_str(), "efivarfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
}

/// A variable that a boot does not know is immutable, lest `rm -r` breaks a machine.
void make_variable_mutable(const Root& root, std::error_code& error) {
  const Descriptor file = root.open(trial_variable, O_RDONLY, error);
  if (error) return;
  int flags = 0;
  const int number = file.number();
  // A plain file system may know no flags, and then forbids nothing by them.
  if (::ioctl(number, FS_IOC_GETFLAGS, &flags) != 0 || (flags & FS_IMMUTABLE_FL) == 0) return;
  flags &= ~FS_IMMUTABLE_FL;
  if (::ioctl(number, FS_IOC_SETFLAGS, &flags) != 0) error = last_error();
}

/// One write(2) is one SetVariable.
void write_variable(const Root& root, const std::string& value, std::error_code& error) {
  make_variable_mutable(root, error);
  if (error == std::errc::no_such_file_or_directory)
    root.create(trial_variable, value, error, Lasting::until_reboot);
  else if (!error)
    root.write(trial_variable, value, error);
}

/// "HASH tried" or "HASH confirmed" behind the attributes; what is anything else is no record.
std::optional<TrialRecord> parse_trial_variable(std::string_view value) {
  if (value.size() <= attributes.size()) return std::nullopt;
  value.remove_prefix(attributes.size());
  const std::string_view line = value.substr(0, value.find('\n'));
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view state = line.substr(blank + 1);
  if (state != "tried" && state != "confirmed") return std::nullopt;
  return TrialRecord{std::string(line.substr(0, blank)), state == "confirmed"};
}

std::string trial_variable_text(const TrialRecord& record) {
  return std::string(attributes) + record.hash + (record.confirmed ? " confirmed" : " tried") +
         "\n";
}

/// Asks the firmware in a child. \return what `ask` returns there
std::string ask_firmware_for_variable(const std::function<std::string(std::error_code&)>& ask,
                                      std::error_code& error) {
  std::string answer;
  error = std::make_error_code(std::errc::timed_out);
  Steps steps;
  steps.count = 1;
  steps.run = [&](std::size_t, const Announce& announce) -> std::optional<std::string> {
    announce("asking the firmware", {});
    std::error_code fault;
    const std::string text = ask(fault);
    return std::to_string(fault.value()) + " " + text;
  };
  steps.ended = [&](std::size_t, std::string_view learnt) {
    int number = 0;
    const std::size_t blank = std::min(learnt.find(' '), learnt.size());
    (void)std::from_chars(learnt.data(), learnt.data() + blank, number);
    error = {number, std::generic_category()};
    answer = learnt.substr(std::min(blank + 1, learnt.size()));
  };
  run_in_child(steps, Deadlines::for_step(patience));
  return answer;
}

bool has_variables(const Root& root, std::error_code& error) {
  if (root.exists(firmware)) return true;
  error = std::make_error_code(std::errc::not_supported);
  return false;
}

}  // namespace

void mount_trial_variables(const Root& root) {
  std::error_code error;
  if (!has_variables(root, error)) return;
  (void)ask_firmware_for_variable(
      [&](std::error_code&) {
        mount_variables(root);
        return std::string();
      },
      error);
}

std::optional<TrialRecord> read_trial_variable(const Root& root, std::error_code& error) {
  if (!has_variables(root, error)) return std::nullopt;
  const std::string value = ask_firmware_for_variable(
      [&](std::error_code& fault) {
        if (are_variables_mounted(root)) return root.read(trial_variable, fault);
        fault = std::make_error_code(std::errc::no_such_device);
        return std::string();
      },
      error);
  if (error == std::errc::no_such_file_or_directory) error.clear();
  return error ? std::nullopt : parse_trial_variable(value);
}

void write_trial_variable(const Root& root, const TrialRecord& record, std::error_code& error) {
  if (!has_variables(root, error)) return;
  const std::string value = trial_variable_text(record);
  (void)ask_firmware_for_variable(
      [&](std::error_code& fault) {
        write_variable(root, value, fault);
        return std::string();
      },
      error);
}

}  // namespace driver_override

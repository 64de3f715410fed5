// SPDX-License-Identifier: LGPL-2.1-or-later
// A copy of this machine for --root: for another desk, for a fleet, for a report of a fault. What
// is read is decided in tool/machine/*_snapshot, beside what reads it for other commands.
#include <cstdio>

#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"
#include "tool/machine/private_words.hpp"
#include "tool/machine/proc_snapshot.hpp"
#include "tool/machine/settings_snapshot.hpp"
#include "tool/machine/snapshot_folder.hpp"
#include "tool/machine/sysfs_snapshot.hpp"
#include "tool/view/messages.hpp"

namespace driver_override {
namespace {

std::string snapshot_host_name(const Root& root) {
  std::error_code error;
  const std::string text = root.read("proc/sys/kernel/hostname", error);
  return text.substr(0, text.find_first_of(".\n"));
}

}  // namespace

Exit snapshot(const SnapshotOptions& options) {
  const Root root(options.root);
  const std::string& directory = options.words.front();
  SnapshotFolder folder(directory);
  PrivateWords words(snapshot_host_name(root));
  // Catalogues first, as their links decide where later files lie.
  copy_settings_of_catalogues(root, folder);
  copy_settings(root, folder);
  copy_sysfs(root, words, folder);
  copy_proc(root, words, folder);
  if (folder.error()) {
    print_error(printable(directory) + ": " + folder.error().message());
    return Exit::failed;
  }
  const std::string name = printable(directory);
  std::printf("%zu files in %s; to ask them: driver-override plan --root %s\n", folder.count(),
              name.c_str(), name.c_str());
  print_message(
      {Severity::note,
       "UUIDs, MAC addresses, IP addresses, numbers of disks, the host's name and values of other "
       "parameters are not in it",
       "names of devices, rules, mount points and programs are: look through it before you give "
       "it away"});
  return Exit::done;
}

}  // namespace driver_override

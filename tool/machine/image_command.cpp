// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/image_command.hpp"

#include <algorithm>

#include "tool/machine/boot_escape.hpp"
#include "tool/machine/image_generator.hpp"

namespace driver_override {
namespace {

// An image of ostree is made elsewhere: `rpm-ostree initramfs --enable` would make one here, and
// bootc refuses every upgrade from then on. A file is tracked once, and --force-sync alone takes in
// what has changed in it since (rpm-ostree, initramfs_etc_transaction_execute).
constexpr const char* track =
    "rpm-ostree initramfs-etc --force-sync --track=/etc/driver-override.d/90-saved.conf\n"
    "  note: the base image must have driver-override in its initramfs";

using Texts = std::vector<std::string>;

Texts image_command_arguments(const std::vector<Rule>& rules) {
  Texts texts;
  for (const Rule& rule : rules)
    if (!rule.bad) texts.push_back("driver_override=" + escape_for_boot_loader(to_text(rule)));
  return texts;
}

bool image_file_holds(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::string kargs_for_image(const std::string& option, const Texts& arguments) {
  std::string command = "rpm-ostree kargs";
  for (const std::string& argument : arguments)
    command.append(" --").append(option).append("='").append(argument).append("'");
  return command;
}

/// An argument is appended at the end, so what follows a rule that is not there yet is deleted
/// first. rpm-ostree appends before it deletes (kernel_arg_apply_patching), hence two commands.
std::string kargs_command(const Texts& before, const Texts& after) {
  Texts kept;
  Texts gone;
  for (const std::string& argument : before) {
    const bool stays = kept.size() < after.size() && argument == after[kept.size()];
    (stays ? kept : gone).push_back(argument);
  }
  gone.erase(std::remove_if(gone.begin(), gone.end(),
                            [&](const std::string& text) { return image_file_holds(kept, text); }),
             gone.end());
  if (gone.empty()) return kargs_for_image("append-if-missing", after);
  std::string deletion = kargs_for_image("delete-if-present", gone);
  if (kept.size() == after.size()) return deletion;
  return deletion + " && " + kargs_for_image("append-if-missing", after);
}

bool is_bootc(const Root& root) {
  return root.exists("run/ostree-booted") && root.exists("usr/bin/bootc");
}

}  // namespace

std::string rebuild_command(const Root& root, const std::vector<Rule>& before,
                            const std::vector<Rule>& after) {
  return is_bootc(root)
             ? kargs_command(image_command_arguments(before), image_command_arguments(after))
             : rebuild_command(root);
}

std::string rebuild_command(const Root& root) {
  if (is_bootc(root))
    return kargs_for_image("append-if-missing", {"driver_override=RULE"}) + " for each of them";
  if (root.exists("run/ostree-booted")) return track;
  const ImageGenerator generator = find_image_generator(root);
  if (generator.name.empty()) return "the command of your initramfs generator";
  if (generator.lacking.empty()) return generator.command;
  return generator.command + "\n  note: " + generator.name +
         " builds this system's images, without driver-override: " + generator.lacking;
}

}  // namespace driver_override

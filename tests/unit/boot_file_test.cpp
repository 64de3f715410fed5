// SPDX-License-Identifier: LGPL-2.1-or-later
// Command lines in the files of boot loaders, and the commands that put parameters there.
#include "tool/machine/boot_file.hpp"

#include <gtest/gtest.h>

#include "tests/temporary_root.hpp"
#include "tool/machine/boot_command.hpp"

namespace driver_override {
namespace {

TEST(CommandLineIn, GrubJoinsBothVariables) {
  EXPECT_EQ(command_line_in("GRUB_TIMEOUT=5\n"
                            "GRUB_CMDLINE_LINUX_DEFAULT='quiet splash'\n"
                            "GRUB_CMDLINE_LINUX=\"ro driver_override=pci,0a:00=vfio-pci\"\n"),
            "ro driver_override=pci,0a:00=vfio-pci quiet splash");
}

TEST(CommandLineIn, GrubHasTheQuotesOfTheShell) {
  EXPECT_EQ(command_line_in("GRUB_CMDLINE_LINUX=\"a=\\\"b c\\\" \\$x \\d\"' e'f\\ g # no\n"),
            "a=\"b c\" $x \\d ef g");
  EXPECT_EQ(command_line_in("GRUB_CMDLINE_LINUX=\"one \\\n two\"\n"), "one  two");
  EXPECT_EQ(command_line_in("GRUB_CMDLINE_LINUX=quiet # a comment\n"), "quiet");
}

TEST(CommandLineIn, GrubAddsToAVariable) {
  EXPECT_EQ(command_line_in("GRUB_CMDLINE_LINUX=\"ro\"\n"
                            "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX quiet ${UNKNOWN}x\"\n"),
            "ro quiet x");
  EXPECT_EQ(command_line_in("#GRUB_CMDLINE_LINUX=no\nexport GRUB_CMDLINE_LINUX=yes"), "yes");
}

TEST(CommandLineIn, GrubMayBeCutAnywhere) {
  const std::string text = "GRUB_CMDLINE_LINUX=\"a\\\"${GRUB_CMDLINE_LINUX}'b' $x\\";
  for (std::size_t size = 0; size <= text.size(); ++size)
    EXPECT_LE(command_line_in(text.substr(0, size)).size(), text.size());
}

TEST(CommandLineIn, LoaderEntriesJoinTheirOptions) {
  EXPECT_EQ(command_line_in("title  Arch\nlinux\t/vmlinuz-linux\noptions root=UUID=1 rw\n"
                            "options  driver_override=pci,0a:00=x\n"),
            "root=UUID=1 rw driver_override=pci,0a:00=x");
  EXPECT_EQ(command_line_in("title Arch\nlinux /vmlinuz\n"), "");
}

TEST(CommandLineIn, OtherTextsAreCommandLines) {
  for (const char* text :
       {"", "ro quiet\n", "ro\nquiet\n", "optionsx y", "GRUB_CMDLINE_LINUXES=x", " linux=/x"})
    EXPECT_EQ(command_line_in(text), text);
}

std::string command_with(const std::vector<std::string>& files) {
  TemporaryRoot root;
  for (const std::string& file : files) root.put(file, "");
  return boot_command(root.root(), {"driver_override=A", "driver_override=B"});
}

TEST(BootCommand, IsThatOfTheSystem) {
  EXPECT_EQ(command_with({"usr/sbin/grubby", "etc/default/grub"}),
            "grubby --update-kernel=ALL --args='driver_override=A driver_override=B'");
  EXPECT_EQ(command_with({"run/ostree-booted", "usr/sbin/grubby"}),
            "rpm-ostree kargs --append-if-missing='driver_override=A' "
            "--append-if-missing='driver_override=B'");
  EXPECT_EQ(command_with({"usr/bin/kernelstub", "etc/kernel/cmdline"}),
            "kernelstub -a 'driver_override=A driver_override=B'");
  EXPECT_EQ(command_with({"etc/default/grub", "usr/sbin/update-grub"}),
            "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX driver_override=A "
            "driver_override=B\"' >> /etc/default/grub.d/driver-override.cfg && update-grub");
  EXPECT_EQ(command_with({"etc/NIXOS"}),
            "add boot.kernelParams = [ \"driver_override=A\" \"driver_override=B\" ]; to "
            "configuration.nix, then nixos-rebuild boot");
}

TEST(BootCommand, NamesTheFileIfNoCommandEditsIt) {
  const std::string start = "add driver_override=A driver_override=B to ";
  EXPECT_EQ(command_with({"etc/kernel/proxmox-boot-uuids", "etc/kernel/cmdline", "etc/default/grub",
                          "usr/sbin/update-grub"}),
            start + "the line in /etc/kernel/cmdline, then proxmox-boot-tool refresh");
  EXPECT_EQ(command_with({"etc/default/grub"}),
            start +
                "GRUB_CMDLINE_LINUX in /etc/default/grub, then grub-mkconfig -o "
                "/boot/grub/grub.cfg");
  EXPECT_EQ(command_with({"etc/kernel/cmdline", "usr/bin/mkinitcpio"}),
            start + "the line in /etc/kernel/cmdline, then mkinitcpio -P");
  EXPECT_EQ(command_with({"etc/kernel/cmdline"}),
            start + "the line in /etc/kernel/cmdline, then kernel-install add-all");
  EXPECT_EQ(command_with({}), start + "the kernel command line of your boot loader");
}

}  // namespace
}  // namespace driver_override

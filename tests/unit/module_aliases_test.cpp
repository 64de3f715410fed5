// SPDX-License-Identifier: LGPL-2.1-or-later
// modules.alias against devices, and what else the machine tells of them.
#include "tool/machine/module_aliases.hpp"

#include <gtest/gtest.h>

#include "tests/temporary_root.hpp"
#include "tool/advice/command_names.hpp"
#include "tool/machine/device_class.hpp"

namespace driver_override {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* card =
    "pci:v000015B3d0000101Esv000015B3sd00000001bc02sc00i00";  // a VF of a ConnectX

class Aliases : public testing::Test {
 protected:
  Aliases() {
    root_.put("proc/sys/kernel/osrelease", "6.12.0\n");
    root_.put("usr/lib/modules/6.12.0/modules.alias",
              "# Aliases extracted from modules themselves.\n"
              "alias pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_core\n"
              "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n"
              "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5-vfio-pci\n"
              "alias of:N*T*Cqcom,geni-uart qcom_geni_serial\n");
  }
  TemporaryRoot root_;
};

TEST_F(Aliases, NameTheModulesThatTakeADevice) {
  const ModuleAliases aliases(root_.root());
  EXPECT_EQ(aliases.matching(card), Texts{"mlx5_core"});
  EXPECT_EQ(aliases.matching(""), Texts{});
  EXPECT_EQ(aliases.matching("pci:v00008086d00001539sv0sd0bc02sc00i00"), Texts{});
}

TEST_F(Aliases, NameTheVariantsOfVfio) {
  const ModuleAliases aliases(root_.root());
  EXPECT_EQ(module_aliases_of_vfio_variants(aliases, card), Texts{"mlx5_vfio_pci"});
  EXPECT_EQ(module_aliases_of_vfio_variants(aliases, "pci:v00008086d00001539sv0sd0bc02sc00i00"),
            Texts{});
  EXPECT_EQ(module_aliases_of_vfio_variants(aliases, "of:NuartT(null)Cqcom,geni-uart"), Texts{});
}

TEST_F(Aliases, TellWhetherAModuleHasSuch) {
  const ModuleAliases aliases(root_.root());
  EXPECT_TRUE(aliases.has_any("qcom-geni-serial", "of:"));
  EXPECT_FALSE(aliases.has_any("qcom_geni_serial", "acpi:"));
  EXPECT_FALSE(aliases.has_any("mlx5_core", "of:"));
}

TEST_F(Aliases, MayBeAbsent) {
  const TemporaryRoot empty;
  EXPECT_EQ(ModuleAliases(empty.root()).matching(card), Texts{});
}

TEST(DeviceClass, HasAWord) {
  EXPECT_EQ(class_word(0x030000), "VGA");
  EXPECT_EQ(class_word(0x010802), "NVMe");
  EXPECT_EQ(class_word(0x018000), "storage");
  EXPECT_EQ(class_word(0x0c0330), "USB");
  EXPECT_EQ(class_word(0x7f1234), "7f12");
}

TEST(DeviceClass, IsMeantByWordsAndDigits) {
  EXPECT_TRUE(is_class(0x030000, "vga"));
  EXPECT_TRUE(is_class(0x030200, "display"));
  EXPECT_TRUE(is_class(0x0c0330, "0C03"));
  EXPECT_TRUE(is_class(0x020000, "network"));
  EXPECT_FALSE(is_class(0x030200, "VGA"));
  EXPECT_FALSE(is_class(0x0c0330, "0c04"));
  EXPECT_FALSE(may_be_class("eno1"));
  EXPECT_EQ(nearest_device_class("ethrenet"), "ethernet");
}

TEST(CommandHint, NamesWhatWasMeant) {
  const std::vector<std::string_view> commands = {"check", "status", "list", "plan"};
  EXPECT_EQ(command_hint("chek", commands), "did you mean \"check\"?");
  EXPECT_EQ(command_hint("stauts", commands), "did you mean \"status\"?");
  EXPECT_EQ(command_hint("ls", commands), "did you mean \"list\"?");
  EXPECT_EQ(command_hint("set-override", commands),
            "\"set BUS,DEVICE=DRIVER\" does this now, \"save\" for later boots");
  EXPECT_EQ(command_hint("pci,0a:00=vfio-pci", commands),
            "a command comes first, such as plan: driver-override plan pci,0a:00=vfio-pci");
  EXPECT_EQ(command_hint("--root", commands),
            "a command comes first, such as list: driver-override list --root");
  EXPECT_EQ(command_hint("frobnicate", commands), "");
}

TEST(OptionHint, NamesWhatWasMeant) {
  const Texts options = {"overridden", "json", "root"};
  EXPECT_EQ(option_hint({"--root", "/", "--overriden"}, options), "did you mean \"--overridden\"?");
  EXPECT_EQ(option_hint({"--jsno=1"}, options), "did you mean \"--json\"?");
  EXPECT_EQ(option_hint({"--json", "x", "--"}, options), "");
  EXPECT_EQ(option_hint({"--frobnicate"}, options), "");
}

}  // namespace
}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
// The name that an initcall has in the kernel's symbols.
#include "tool/machine/initcall.hpp"

#include "tests/unit/device_root.hpp"

namespace driver_override {
namespace {

class InitcallTest : public DeviceRoot {
 protected:
  std::string name(const std::string& symbols) {
    put("proc/kallsyms", symbols);
    return find_initcall(root(), "sysfb_init");
  }
};

constexpr const char* before = "0000000000000000 T startup_64\n0000000000000000 t sysfb_init_x\n";
constexpr const char* stub = "0000000000000000 T __initstub__kmod_sysfb__243_70_sysfb_init6\n";

TEST_F(InitcallTest, IsTheFunction) {
  EXPECT_EQ(name(std::string(before) + "ffffffff8353f9a0 t sysfb_init\n"), "sysfb_init");
  EXPECT_EQ(name("c0008000 t sysfb_init"), "sysfb_init");
}

TEST_F(InitcallTest, OrItsStubWhichTheKernelCalls) {
  EXPECT_EQ(name(std::string(before) + stub), "__initstub__kmod_sysfb__243_70_sysfb_init6");
  EXPECT_EQ(name(std::string("0000000000000000 t sysfb_init\n") + stub),
            "__initstub__kmod_sysfb__243_70_sysfb_init6");
  EXPECT_EQ(name("0000000000000000 T __initstub__kmod_sysfb__5_1_sysfb_init4s\n"),
            "__initstub__kmod_sysfb__5_1_sysfb_init4s");
}

TEST_F(InitcallTest, OrNothing) {
  EXPECT_EQ(name(before), "");
  EXPECT_EQ(name("0000000000000000 t sysfb_init\t[sysfb]\n"), "") << "a module's";
  for (const char* other :
       {"__initstub__kmod_x__1_2_my_sysfb_init6", "__initstub__kmod_x__1_2_sysfb_init",
        "__initstub__kmod_x__1_2_sysfb_init6x", "__initstub__kmod_x__1_2_xsysfb_init6",
        "__initstub__sysfb_init6", "__initcall__kmod_x__1_2_sysfb_init6", "sysfb_init.llvm.123",
        "__initstub__s", "__initstub__", "_sysfb_init6"})
    EXPECT_EQ(name(std::string("0000000000000000 T ") + other + "\n"), "") << other;
}

TEST_F(InitcallTest, IsTakenForTheFunctionIfNobodyTells) {
  EXPECT_EQ(find_initcall(root(), "sysfb_init"), "sysfb_init");
  EXPECT_EQ(name(""), "sysfb_init");
  std::filesystem::remove(base_ / "proc/kallsyms");
  folder("proc/kallsyms");
  EXPECT_EQ(find_initcall(root(), "sysfb_init"), "sysfb_init");
}

TEST_F(InitcallTest, IsFoundBehindManyMegabytes) {
  std::string symbols;
  while (symbols.size() < (15U << 20U)) symbols += before;
  EXPECT_EQ(name(symbols + stub), "__initstub__kmod_sysfb__243_70_sysfb_init6");
}

}  // namespace
}  // namespace driver_override

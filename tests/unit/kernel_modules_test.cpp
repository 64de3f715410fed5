// SPDX-License-Identifier: LGPL-2.1-or-later
// The files of modules, and whether the kernel would load them.
#include "tool/machine/kernel_modules.hpp"

#include <sys/stat.h>

#include "tests/unit/device_root.hpp"
#include "tool/machine/module_signature.hpp"

namespace driver_override {
namespace {

constexpr const char* trailer = "~Module signature appended~\n";

class KernelModulesTest : public DeviceRoot {
 protected:
  /// The module's file, if modules.dep has this text.
  std::string file(const std::string& list, const std::string& name) {
    put("proc/sys/kernel/osrelease", "6.1.0\n");
    put("lib/modules/6.1.0/modules.dep", list);
    return KernelModules(root()).file(name);
  }
};

TEST_F(KernelModulesTest, AModuleHasAFile) {
  const std::string list = "kernel/a/vfio-pci.ko.zst: kernel/a/vfio.ko.zst\nextra/own.ko:\n";
  EXPECT_EQ(file(list, "vfio_pci"), "lib/modules/6.1.0/kernel/a/vfio-pci.ko.zst");
  EXPECT_EQ(file(list, "own"), "lib/modules/6.1.0/extra/own.ko");
  EXPECT_EQ(file(list, "vfio"), "");
  EXPECT_EQ(file("", "own"), "");
  EXPECT_EQ(file("\n:\n::\n\xff.ko", "own"), "");
}

TEST_F(KernelModulesTest, ABuiltInOneHasNone) {
  put("lib/modules/6.1.0/modules.builtin", "kernel/drivers/pci/pci-stub.ko\n");
  EXPECT_EQ(file("", "pci-stub"), "");
  EXPECT_TRUE(KernelModules(root()).has("pci_stub"));
}

class ModuleSignatureTest : public DeviceRoot {
 protected:
  bool is_unsigned(const std::string& text, const std::string& name = "a.ko") {
    put(name, text);
    return is_unsigned_module(root(), name);
  }
  std::string demand(const std::string& lockdown, const std::string& parameter) {
    put("sys/kernel/security/lockdown", lockdown);
    put("sys/module/module/parameters/sig_enforce", parameter);
    return signature_demand(root());
  }
};

TEST_F(ModuleSignatureTest, TheEndTells) {
  EXPECT_FALSE(is_unsigned(std::string("program") + trailer));
  EXPECT_TRUE(is_unsigned(std::string("program") + trailer + "\n"));
  EXPECT_TRUE(is_unsigned(std::string(100, 'x')));
  EXPECT_FALSE(is_unsigned(trailer));
}

TEST_F(ModuleSignatureTest, WhatCannotBeSeenIsNotSaid) {
  EXPECT_FALSE(is_unsigned(std::string(100, 'x'), "a.ko.xz"));
  EXPECT_FALSE(is_unsigned(std::string(100, 'x'), "ko"));
  EXPECT_FALSE(is_unsigned("short"));
  EXPECT_FALSE(is_unsigned(""));
  EXPECT_FALSE(is_unsigned_module(root(), "absent.ko"));
  EXPECT_FALSE(is_unsigned_module(root(), ""));
  folder("folder.ko");
  EXPECT_FALSE(is_unsigned_module(root(), "folder.ko"));
  ASSERT_EQ(::mkfifo((base_ / "fifo.ko").c_str(), 0600), 0);
  EXPECT_FALSE(is_unsigned_module(root(), "fifo.ko"));
}

TEST_F(ModuleSignatureTest, WhoDemandsOne) {
  EXPECT_EQ(signature_demand(root()), "");
  EXPECT_EQ(demand("[none] integrity confidentiality\n", "N\n"), "");
  EXPECT_EQ(demand("none [integrity] confidentiality\n", "N\n"), "the kernel is locked down");
  EXPECT_EQ(demand("none integrity [confidentiality]\n", "N\n"), "the kernel is locked down");
  EXPECT_EQ(demand("[none] integrity confidentiality\n", "Y\n"), "module.sig_enforce is set");
  EXPECT_EQ(demand("", ""), "");
  EXPECT_EQ(demand("nonsense\n", "maybe\n"), "");
}

}  // namespace
}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
// Where rules come from: drop-in folders, an image's command lines, /proc/cmdline, and what is
// wrong with any of them.
#include "hook/configuration.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <fstream>

#include "hook/initramfs.hpp"
#include "parser/message.hpp"

namespace driver_override {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class ConfigurationTest : public testing::Test {
 protected:
  ~ConfigurationTest() override { fs::remove_all(base_); }

  void put(const std::string& path, const std::string& text) {
    fs::create_directories((base_ / path).parent_path());
    std::ofstream(base_ / path) << text;
  }
  Configuration read(const Request& request = {}) {
    return read_configuration(Root(base_), request);
  }
  /// "SOURCE: RULE" for each good rule.
  Texts rules(const Request& request = {}) {
    const Configuration configuration = read(request);
    Texts texts;
    for (std::size_t i = 0; i < configuration.rules.size(); ++i)
      if (!configuration.rules[i].bad)
        texts.push_back(configuration.sources[configuration.rule_sources[i]].name + ": " +
                        configuration.rules[i].text);
    return texts;
  }
  Texts said() {
    Texts texts;
    for (const Message& message : read().messages) texts.push_back(message.text);
    return texts;
  }

  static fs::path make_base() {
    std::string name = testing::TempDir() + "driver-override-XXXXXX";
    return ::mkdtemp(name.data());
  }
  fs::path base_ = make_base();
};

TEST_F(ConfigurationTest, DropInsComeFirstAndTheCommandLineLast) {
  put("proc/cmdline", "driver_override=pci,00:11.0=c\n");
  put("usr/lib/driver-override.d/50.conf", "pci,00:11.0=b\n");
  put("etc/driver-override.d/10.conf", "# text\n\n  pci,00:11.0=a  # why\npci,00:12.0=x#y\n");
  EXPECT_EQ(rules(), (Texts{"/etc/driver-override.d/10.conf:3: pci,00:11.0=a",
                            "/etc/driver-override.d/10.conf:4: pci,00:12.0=x#y",
                            "/usr/lib/driver-override.d/50.conf:1: pci,00:11.0=b",
                            "command line: pci,00:11.0=c"}));
}

TEST_F(ConfigurationTest, ALaterFolderHidesTheSameName) {
  put("usr/lib/driver-override.d/a.conf", "pci,00:11.0=a\n");
  put("usr/lib/driver-override.d/b.conf", "pci,00:12.0=b\n");
  put("usr/lib/driver-override.d/c.conf", "pci,00:13.0=c\n");
  put("etc/driver-override.d/a.conf", "pci,00:11.0=z\n");
  put("run/driver-override.d/b.conf", "");
  fs::create_directories(base_ / "dev");
  fs::create_symlink("/dev/null", base_ / "etc/driver-override.d/c.conf");
  put("etc/driver-override.d/readme", "pci,00:14.0=d\n");
  EXPECT_EQ(rules(), (Texts{"/etc/driver-override.d/a.conf:1: pci,00:11.0=z"}));
  EXPECT_TRUE(read().messages.empty());
}

TEST_F(ConfigurationTest, OffsetsCountInTheLineOfTheFile) {
  put("etc/driver-override.d/a.conf", "pci,00:11.0=a\n  pci,00:1g.0=b\n");
  const Configuration configuration = read();
  ASSERT_EQ(configuration.messages.size(), 1U);
  EXPECT_EQ(configuration.messages[0].place.value().span.offset, 10U);
  EXPECT_EQ(render(configuration, configuration.messages[0]).at(3),
            "  at byte 10 of /etc/driver-override.d/a.conf:2");
}

TEST_F(ConfigurationTest, WhatCannotBeReadIsSaidAndTheRestGoesOn) {
  put("etc/driver-override.d/z.conf", "pci,00:11.0=a\n");
  fs::create_directories(base_ / "etc/driver-override.d/folder.conf");
  fs::create_symlink("loop.conf", base_ / "etc/driver-override.d/loop.conf");
  fs::create_symlink("/etc/hostname-of-the-host", base_ / "etc/driver-override.d/out.conf");
  EXPECT_EQ(rules(), (Texts{"/etc/driver-override.d/z.conf:1: pci,00:11.0=a"}));
  EXPECT_EQ(said(), (Texts{"/etc/driver-override.d/folder.conf: Is a directory",
                           "/etc/driver-override.d/loop.conf: Too many levels of symbolic links",
                           "/etc/driver-override.d/out.conf: No such file or directory"}));
  EXPECT_TRUE(has_configuration_errors(read()));
}

/// It reads as empty if nobody writes to it.
TEST_F(ConfigurationTest, APipeIsNoFileOfRules) {
  put("etc/driver-override.d/10.conf", "pci,00:1?.0=a\n");
  ASSERT_EQ(::mkfifo((base_ / "etc/driver-override.d/20.conf").c_str(), 0644), 0);
  EXPECT_EQ(said(), (Texts{"/etc/driver-override.d/20.conf: not a regular file"}));
  EXPECT_TRUE(read().rules.at(1).lost);
}

/// However its name leads there.
TEST_F(ConfigurationTest, TheDeviceNullSwitchesAFileOff) {
  put("usr/lib/driver-override.d/10.conf", "pci,00:1?.0=a\n");
  fs::create_directories(base_ / "etc/driver-override.d");
  if (::mknod((base_ / "etc/driver-override.d/10.conf").c_str(), S_IFCHR | 0644, makedev(1, 3)) !=
      0)
    GTEST_SKIP() << "no device node can be made here";
  EXPECT_EQ(rules(), Texts{});
  EXPECT_EQ(said(), Texts{});
}

TEST_F(ConfigurationTest, BytesThatAreNoTextAreWarnedOf) {
  put("etc/driver-override.d/a.conf", "platform,caf\xE9=a\n");
  const Configuration configuration = read();
  ASSERT_EQ(configuration.messages.size(), 1U);
  EXPECT_EQ(configuration.messages[0].severity, Severity::warning);
}

TEST_F(ConfigurationTest, TheKillSwitchIsTheCommandLinesAlone) {
  put("etc/driver-override.d/a.conf",
      "# driver_override=off\ndriver_override=off\npci,00:11.0=a\n");
  EXPECT_TRUE(read().enabled);
  EXPECT_TRUE(has_configuration_errors(read()));
  put("proc/cmdline", "x=\"driver_override=no\" driver_override=no\n");
  EXPECT_FALSE(read().enabled);
}

TEST_F(ConfigurationTest, AnImagesCommandLinesAreReadInAnImageOnly) {
  put("etc/cmdline.d/10.conf", "driver_override=pci,00:11.0=a\n");
  put("etc/cmdline", "driver_override=pci,00:12.0=b quiet\n");
  put("proc/cmdline", "driver_override=pci,00:13.0=c\n");
  EXPECT_EQ(rules(), (Texts{"command line: pci,00:13.0=c"}));
  put("etc/initrd-release", "");
  EXPECT_EQ(rules(), (Texts{"/etc/cmdline.d/10.conf:1: pci,00:11.0=a",
                            "/etc/cmdline:1: pci,00:12.0=b", "command line: pci,00:13.0=c"}));
  put("etc/cmdline.d/20.conf", "driver_override=off\n");
  EXPECT_FALSE(read().enabled);
}

TEST_F(ConfigurationTest, AnImageWithoutSystemdIsAnImageToo) {
  put("etc/cmdline", "driver_override=pci,00:12.0=b\n");
  put("usr/lib/initrd-release", "");
  EXPECT_EQ(rules(), (Texts{"/etc/cmdline:1: pci,00:12.0=b"}));
  EXPECT_TRUE(is_initramfs(Root(base_.string())));
}

TEST_F(ConfigurationTest, ArgumentsStandAtTheEndOrAlone) {
  put("etc/driver-override.d/a.conf", "pci,00:10.0=d\n");
  put("proc/cmdline", "driver_override=pci,00:13.0=c\n");
  Request request;
  request.arguments = {"pci,00:11.0=a", "pci=driver[00:12.0]=b"};
  EXPECT_EQ(rules(request),
            (Texts{"/etc/driver-override.d/a.conf:1: pci,00:10.0=d", "command line: pci,00:13.0=c",
                   "argument: pci,00:11.0=a", "argument: driver[00:12.0]=b"}));
  request.arguments_only = true;
  EXPECT_EQ(rules(request), (Texts{"argument: pci,00:11.0=a", "argument: driver[00:12.0]=b"}));
  EXPECT_EQ(read(request).command_line, "driver_override=pci,00:13.0=c");
  // Nor does it matter then whether it can be read.
  fs::remove(base_ / "proc/cmdline");
  fs::create_directories(base_ / "proc/cmdline");
  EXPECT_FALSE(has_configuration_errors(read(request)));
}

TEST_F(ConfigurationTest, AFolderInPlaceOfTheCommandLineIsSaid) {
  fs::create_directories(base_ / "proc/cmdline");
  EXPECT_EQ(said(), (Texts{"/proc/cmdline: Is a directory"}));
}

}  // namespace
}  // namespace driver_override

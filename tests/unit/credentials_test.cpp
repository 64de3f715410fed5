// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules in credentials of systemd: which are read, and where they stand among the others.
#include "hook/credentials.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "hook/configuration.hpp"
#include "tests/temporary_root.hpp"

namespace driver_override {
namespace {

std::string rules_of(const Configuration& configuration) {
  std::string text;
  for (std::size_t rule = 0; rule < configuration.rules.size(); ++rule)
    text += configuration.sources[configuration.rule_sources[rule]].name + " " +
            configuration.rules[rule].text + "\n";
  return text;
}

TEST(Credentials, StandBetweenTheFilesAndTheCommandLine) {
  const TemporaryRoot files;
  files.put("proc/cmdline", "driver_override=pci,00:4.0=last\n");
  files.put("run/driver-override.d/99-file.conf", "pci,00:1.0=first\n");
  files.put("run/credentials/@system/driver-override.b", "pci,00:3.0=b");
  files.put("run/credentials/@system/driver-override.a", "# comment\n\npci,00:2.0=a # why\n");
  for (const char* other : {"another", "other"})
    files.put(std::string("run/credentials/@system/") + other, "pci,00:9.0=x\n");
  EXPECT_EQ(rules_of(read_configuration(files.root(), {})),
            "/run/driver-override.d/99-file.conf:1 pci,00:1.0=first\n"
            "/run/credentials/@system/driver-override.a:3 pci,00:2.0=a\n"
            "/run/credentials/@system/driver-override.b:1 pci,00:3.0=b\n"
            "command line pci,00:4.0=last\n");
}

TEST(Credentials, OneThatCannotBeReadMayHoldAnException) {
  const TemporaryRoot files;
  files.put("proc/cmdline", "quiet\n");
  files.put("run/driver-override.d/a.conf", "pci,00:*.*=x\n");
  std::filesystem::create_directories(files.path("run/credentials/@system/driver-override.a"));
  const Configuration configuration = read_configuration(files.root(), {});
  ASSERT_EQ(configuration.rules.size(), 2U);
  EXPECT_TRUE(configuration.rules[1].lost);
  EXPECT_EQ(configuration.messages.at(0).text,
            "/run/credentials/@system/driver-override.a: Is a directory");
}

TEST(Credentials, AFolderThatCannotBeListedMayHoldAnException) {
  const TemporaryRoot files;
  files.put("proc/cmdline", "quiet\n");
  files.put("run/driver-override.d/a.conf", "pci,00:*.*=x\n");
  files.put("run/credentials/@system", "no folder");
  const Configuration configuration = read_configuration(files.root(), {});
  ASSERT_EQ(configuration.rules.size(), 2U);
  EXPECT_TRUE(configuration.rules[1].lost);
  EXPECT_EQ(configuration.messages.at(0).text, "/run/credentials/@system: Not a directory");
}

TEST(Credentials, APipeIsNotRead) {
  const TemporaryRoot files;
  std::filesystem::create_directories(files.path("run/credentials/@system"));
  ASSERT_EQ(::mkfifo(files.path("run/credentials/@system/driver-override.a").c_str(), 0600), 0);
  const auto found = read_credentials(files.root());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].fault, "not a regular file");
}

TEST(Credentials, OfAUnitCountOnTheRunningSystemAlone) {
  const TemporaryRoot files;
  files.put("unit/driver-override.a", "pci,00:2.0=a");
  ASSERT_EQ(::setenv("CREDENTIALS_DIRECTORY", files.path("unit").c_str(), 1), 0);
  EXPECT_TRUE(read_credentials(files.root()).empty());
  const Root system;
  bool is_found = false;
  for (const Credential& one : read_credentials(system))
    is_found = is_found || (one.path == "run/credentials/@system/driver-override.a" &&
                            one.text == "pci,00:2.0=a");
  EXPECT_TRUE(is_found);
  ASSERT_EQ(::unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

}  // namespace
}  // namespace driver_override

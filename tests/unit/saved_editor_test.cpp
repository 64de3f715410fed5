// SPDX-License-Identifier: LGPL-2.1-or-later
// What the file of saved rules is replaced by, and by what it is not.
#include "tool/commands/saved_editor.hpp"

#include <gtest/gtest.h>

#include "tests/temporary_root.hpp"

namespace driver_override {
namespace {

namespace fs = std::filesystem;

class SavedEditorTest : public testing::Test {
 protected:
  /// What is printed while the text is written; empty if it is written.
  std::string fault_of(const Edited& edited) {
    SavedEditor editor(files_.root());
    testing::internal::CaptureStderr();
    const bool is_written = editor.open() && editor.write(edited);
    const std::string printed = testing::internal::GetCapturedStderr();
    EXPECT_EQ(is_written, printed.empty());
    return printed;
  }

  TemporaryRoot files_;
};

TEST_F(SavedEditorTest, ATextIsWrittenWithItsFolder) {
  EXPECT_EQ(fault_of({"platform,a=x\n", {}, {"platform,a=x"}}), "");
  EXPECT_EQ(files_.get(saved_path), "platform,a=x\n");
}

TEST_F(SavedEditorTest, WhatWouldNotReadBackIsNotWritten) {
  files_.put(saved_path, "platform,old=x\n");
  EXPECT_EQ(fault_of({"platform,a #b=x\n", {}, {"platform,a%20%23b=x"}}),
            "driver-override: error: /etc/driver-override.d/90-saved.conf: "
            "\"platform,a%20%23b=x\" would be read as \"platform,a\"; nothing is written\n"
            "  hint: correct that line by hand; driver-override check shows what is wrong in it\n");
  EXPECT_EQ(fault_of({"", {}, {"platform,a=x"}}),
            "driver-override: error: /etc/driver-override.d/90-saved.conf: "
            "\"platform,a=x\" would be read as no rule; nothing is written\n"
            "  hint: correct that line by hand; driver-override check shows what is wrong in it\n");
  EXPECT_EQ(files_.get(saved_path), "platform,old=x\n");
}

TEST_F(SavedEditorTest, AnOpenBracketThatWouldTakeInWhatFollowsTheGoneRule) {
  const std::string text = "pci=driver[00,driver[02:00.0]=a,noaer=1\n";
  files_.put(saved_path, text);
  const auto each = [](const Rule&, const DevicePattern&) { return true; };
  EXPECT_EQ(fault_of(remove_saved_devices(text, each)),
            "driver-override: error: /etc/driver-override.d/90-saved.conf: "
            "\"driver[00\" would be read as \"pci=driver[00,noaer=1\"; nothing is written\n"
            "  hint: correct that line by hand; driver-override check shows what is wrong in it\n");
  EXPECT_EQ(files_.get(saved_path), text);
}

TEST_F(SavedEditorTest, ALinkStaysAndTheFileThatItLeadsToIsReplaced) {
  files_.put("srv/rules/host.conf", "# mine\n");
  fs::create_directories(files_.path("etc/driver-override.d"));
  for (const char* target : {"../../srv/rules/host.conf", "/srv/rules/host.conf"}) {
    fs::remove(files_.path(saved_path));
    fs::create_symlink(target, files_.path(saved_path));
    files_.put("srv/rules/host.conf", "# mine\n");
    EXPECT_EQ(fault_of({"platform,a=x\n", {}, {"platform,a=x"}}), "");
    EXPECT_EQ(fs::read_symlink(files_.path(saved_path)), target);
    EXPECT_EQ(files_.get("srv/rules/host.conf"), "platform,a=x\n");
  }
}

TEST_F(SavedEditorTest, ALinkToNoFileOfTheRootIsAnError) {
  const TemporaryRoot outside;
  outside.put("host.conf", "# mine\n");
  fs::create_directories(files_.path("dev/null"));
  fs::create_directories(files_.path("etc/driver-override.d"));
  for (const std::string& target :
       {std::string("host.conf"), std::string("/dev/null"), outside.path("host.conf").string()}) {
    fs::remove(files_.path(saved_path));
    fs::create_symlink(target, files_.path(saved_path));
    EXPECT_EQ(fault_of({"platform,a=x\n", {}, {"platform,a=x"}}),
              "driver-override: error: /etc/driver-override.d/90-saved.conf: it is a link to \"" +
                  target +
                  "\", and no file is there\n"
                  "  hint: remove the link, or make the file\n");
    EXPECT_EQ(fs::read_symlink(files_.path(saved_path)), target);
  }
  EXPECT_EQ(outside.get("host.conf"), "# mine\n");
}

TEST_F(SavedEditorTest, WhatCannotBeReadIsNotReplaced) {
  fs::create_directories(files_.path(saved_path));
  EXPECT_EQ(fault_of({"platform,a=x\n", {}, {"platform,a=x"}}),
            "driver-override: error: /etc/driver-override.d/90-saved.conf: Is a directory\n");
}

}  // namespace
}  // namespace driver_override

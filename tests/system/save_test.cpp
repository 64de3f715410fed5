// SPDX-License-Identifier: LGPL-2.1-or-later
// `save` and `forget`: what they write for later boots, what they refuse, and what they print. The
// text of the file alone is tests/unit/saved_file_test.cpp.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "tests/system/fake_root.hpp"

namespace {

using system_tests::FakeRoot;
using system_tests::RunResult;

constexpr std::string_view machine = R"(
bus pci
bus platform
driver pci e1000
driver pci pci-stub
driver pci vfio-pci
device pci 0000:00:10.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:11.0 class=0x020000 native=e1000 driver=e1000
device pci 0000:00:12.0 class=0x020000
device platform pcspkr
)";
constexpr const char* file = "etc/driver-override.d/90-saved.conf";

class SaveTest : public system_tests::FakeRootTest {
 protected:
  void SetUp() override {
    FakeRootTest::SetUp();
    if (!IsSkipped()) root_.emplace(machine);
  }

  std::string saved() { return root_->read(file).value_or("none"); }

  std::optional<FakeRoot> root_;
};

/// Everybody can open the folder, and lock what can be opened (flock(2)).
TEST_F(SaveTest, WhoeverLocksTheFolderHoldsNobodyUp) {
  ASSERT_EQ(root_->write(file, "pci,00:11.0=pci-stub\n"), 0);
  const int stranger =
      ::open((root_->path() / "etc/driver-override.d").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(stranger, LOCK_EX | LOCK_NB), 0);
  const RunResult result = root_->run({"save", "pci,00:10.0=pci-stub"});
  ::close(stranger);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(saved(), "pci,00:11.0=pci-stub\npci,00:10.0=pci-stub\n");
  EXPECT_EQ(std::filesystem::status(root_->path() / "run/driver-override/saved.lock").permissions(),
            std::filesystem::perms(0600));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(root_->path() / "etc/driver-override.d"))
    ++files;
  EXPECT_EQ(files, 1U);
}

}  // namespace

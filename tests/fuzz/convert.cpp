// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as what peers read: a command line, and a file of udev's rules, of modprobe's and of
// driverctl's. Each rule that comes of them is sound, and reads back from the parameter that is
// printed.
#include <filesystem>
#include <fstream>

#include "parser/parameters.hpp"
#include "tests/fuzz/input.hpp"
#include "tool/advice/peers.hpp"
#include "tool/machine/boot_escape.hpp"

namespace driver_override {
namespace {

namespace fs = std::filesystem;

void check(const PeerClaims& peers) {
  for (const PeerClaim& claim : peers.claims) {
    const std::string text = escape_for_boot_loader(to_text(claim.rule));
    const ParsedRules parsed = parse_command_line("driver_override=" + text);
    require(parsed.rules.size() == 1 && !parsed.rules[0].bad, "a converted rule reads back", text);
    require(parsed.rules[0].driver == claim.rule.driver, "a converted rule keeps its driver", text);
    require(text.find_first_of(" ;'\"$&|<>{}\\`") == std::string::npos,
            "a boot loader leaves it as it is", text);
  }
}

class PeerFiles {
 public:
  PeerFiles() = default;
  ~PeerFiles() { fs::remove_all(base_); }
  PeerFiles(const PeerFiles&) = delete;
  PeerFiles& operator=(const PeerFiles&) = delete;

  [[nodiscard]] Root with(const std::string& text) const {
    for (const char* path : {"etc/udev/rules.d/10.rules", "etc/modprobe.d/vfio.conf",
                             "etc/driverctl.d/pci-0000:00:10.0"}) {
      fs::create_directories((base_ / path).parent_path());
      std::ofstream(base_ / path, std::ios::binary | std::ios::trunc) << text;
    }
    return Root(base_);
  }

 private:
  static fs::path make_base() {
    std::string name = fs::temp_directory_path() / "driver-override-fuzz-XXXXXX";
    return ::mkdtemp(name.data());
  }
  fs::path base_ = make_base();
};

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driver_override;
  static const PeerFiles files;
  const std::string text = Input(data, size).rest();
  check(read_peer_claims(files.with(text), {{"command line", text}}));
  return 0;
}

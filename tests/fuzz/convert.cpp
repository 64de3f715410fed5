// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as what peers read: a command line, and a file of udev's rules, of modprobe's and of
// driverctl's. Each rule that comes of them is sound, and reads back from the parameter that is
// printed.
#include "parser/command_line.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/temporary_root.hpp"
#include "tool/advice/peer_claims.hpp"
#include "tool/machine/boot_escape.hpp"

namespace driver_override {
namespace {

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

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driver_override;
  static const TemporaryRoot files;
  const std::string text = Input(data, size).rest();
  for (const char* path : {"etc/udev/rules.d/10.rules", "etc/modprobe.d/vfio.conf",
                           "etc/driverctl.d/pci-0000:00:10.0"})
    files.put(path, text);
  check(read_peer_claims(files.root(), {{"command line", text}}));
  return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as what an earlier run has left in /run: a claim, and the rules in force. What is read
// from them is written so that it reads back the same.
#include "hook/claims.hpp"
#include "hook/rules_in_force.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/temporary_root.hpp"

namespace driver_override {
namespace {

bool are_same(const Claim& one, const Claim& other) {
  return one.device == other.device && one.state == other.state && one.inode == other.inode &&
         one.driver == other.driver && one.rule == other.rule && one.reason == other.reason &&
         one.late == other.late && one.hangs == other.hangs;
}

void check_claim(const Root& root) {
  const Claims claims(root);
  const DeviceId device = {"pci", "0000:00:10.0"};
  const auto claim = claims.find(device);
  require(claim.has_value(), "a file is a claim, sound or not");
  require(claims.all().size() == 1, "one file is one claim");
  if (claim->state == ClaimState::unreadable) return;
  std::error_code error;
  claims.record(*claim, error);
  require(!error && are_same(*claims.find(device), *claim), "a claim reads back", claim->reason);
  OpenClaim open = claims.begin(*claim, error);
  open.claim.state = ClaimState::failed;
  open.claim.reason = claim->rule;
  claims.complete(open, error);
  require(!error && are_same(*claims.find(device), open.claim), "a completed claim reads back",
          open.claim.reason);
}

void check_rules(const Root& root) {
  std::error_code error;
  const auto saved = read_rules_in_force(root, error);
  require(!saved || !error, "rules that are read are whole");
  if (!saved) return;
  save_rules_in_force(root, *saved, error);
  const auto again = read_rules_in_force(root, error);
  require(again && !error && again->sources.size() == saved->sources.size(), "rules read back");
  for (std::size_t i = 0; i < saved->sources.size(); ++i) {
    const Source& one = saved->sources[i];
    const Source& other = again->sources[i];
    require(one.name == other.name && one.text == other.text && one.kind == other.kind &&
                one.late == other.late,
            "a source reads back", one.text);
  }
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driver_override;
  static const TemporaryRoot folder;
  const std::string bytes = Input(data, size).rest();
  folder.put("run/driver-override/devices/pci,0000:00:10.0", bytes);
  folder.put("run/driver-override/rules", bytes);
  check_claim(folder.root());
  check_rules(folder.root());
  return 0;
}

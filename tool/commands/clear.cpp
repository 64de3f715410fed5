// SPDX-License-Identifier: LGPL-2.1-or-later
// Ends overrides on the running system. The claim says so before the device is touched, so that no
// event of udev's takes it again.
#include <cstring>
#include <map>

#include "hook/claims.hpp"
#include "hook/rules_in_force.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/commands/commands.hpp"
#include "tool/commands/give_back.hpp"
#include "tool/machine/device_paths.hpp"
#include "tool/machine/in_use.hpp"
#include "tool/machine/present_overrides.hpp"

namespace driver_override {
namespace {

class Clearing {
 public:
  Clearing(const ClearOptions& options, const Root& root)
      : options_(options), root_(root), claims_(root), log_(root, true), kernel_(root) {}

  Exit run() {
    if (options_.all) take_all();
    for (const std::string& word : options_.devices) find(word);
    give_back(devices_, kernel_, options_.deadlines,
              [&](const GivenBack& released) { tell(released); });
    return failed_ ? Exit::failed : Exit::done;
  }

 private:
  void fail(const std::string& message) {
    log_.line(Severity::error, message);
    failed_ = true;
  }

  void take_all() {
    const std::vector<Claim> all = claims_.all();
    const auto overrides = overrides_of_cleared(all);
    for (const Claim& claim : all) {
      if (is_stray_claim(claim))
        log_.line(Severity::warning, "/run/driver-override/devices/" +
                                         printable(claim.device.name) +
                                         ": left alone: no device has a claim of that name");
      else if (!is_at_its_end(claim, overrides))
        take(claim.device);
    }
  }

  [[nodiscard]] std::map<DeviceId, PresentOverride> overrides_of_cleared(
      const std::vector<Claim>& claims) const {
    std::vector<DeviceId> cleared;
    for (const Claim& claim : claims)
      if (claim.state == ClaimState::cleared) cleared.push_back(claim.device);
    return read_present_overrides(root_, cleared);
  }

  /// True if an earlier `clear` has done all that there is to do.
  static bool is_at_its_end(const Claim& claim,
                            const std::map<DeviceId, PresentOverride>& overrides) {
    if (claim.state != ClaimState::cleared || !claim.reason.empty()) return false;
    const auto present = overrides.find(claim.device);
    return present != overrides.end() && present->second.driver.empty() && !present->second.busy;
  }

  /// A device that has gone may have a claim still, which may be sticky.
  void find(const std::string& word) {
    std::string error;
    const std::vector<DeviceId> devices = find_devices_at_path(root_, word, error);
    for (const DeviceId& device : devices) take(device);
    if (!devices.empty()) return;
    for (const Claim& claim : claims_.all())
      if (!is_stray_claim(claim) &&
          (rule_name_of_device(claim.device) == word || claim.device.name == word))
        return take(claim.device);
    fail(error);
  }

  void take(const DeviceId& device) {
    const std::optional<Claim> claim = claims_.find(device);
    const std::string given = claim ? claim->driver : std::string();
    const bool exists = kernel_.device_exists(device);
    if (exists && !options_.force && is_in_use(device)) return;
    // Without a claim, a rule that is in force would take the device when it is found again.
    const bool is_claimable = claim || are_rules_in_force_saved(root_);
    if (is_claimable && !mark(claim.value_or(unclaimed(device)))) return;
    if (exists)
      devices_.push_back({device, given});
    else
      log_.line(Severity::note, to_text(device) + ": it has gone; no rule takes it again");
  }

  bool is_in_use(const DeviceId& device) {
    if (!kernel_.driver_of(device)) return false;
    if (!in_use_) in_use_.emplace(root_);
    const std::vector<std::string> uses = in_use_->uses(root_, device);
    if (!uses.empty())
      fail(to_text(device) + ": left alone: it is in use: " + uses.front() +
           "; --force clears it all the same");
    return !uses.empty();
  }

  [[nodiscard]] Claim unclaimed(const DeviceId& device) const {
    Claim claim;
    claim.device = device;
    claim.inode = incarnation(root_, device);
    return claim;
  }

  /// Without the mark, a sticky rule would take the device again.
  bool mark(Claim claim) {
    std::error_code error;
    claim.state = ClaimState::cleared;
    claim.reason.clear();
    claims_.record(claim, error);
    if (error)
      fail(to_text(claim.device) +
           ": left alone, as its claim cannot be changed: " + std::strerror(error.value()));
    return !error;
  }

  void tell(const GivenBack& released) {
    const std::string device = to_text(released.device) + ": ";
    if (!released.done) {
      keep_fault(released);
      return fail(device + "not cleared: " + released.fault);
    }
    log_.line(Severity::note, device + "cleared; " +
                                  (released.driver ? in_quotes(*released.driver) : "no driver") +
                                  " has it");
  }

  /// So that `clear --all` tries the device again, whatever is left to do.
  void keep_fault(const GivenBack& released) const {
    std::optional<Claim> claim = claims_.find(released.device);
    if (!claim) return;
    claim->reason = released.fault;
    std::error_code error;
    claims_.record(*claim, error);
  }

  const ClearOptions& options_;
  const Root& root_;
  Claims claims_;
  Log log_;
  RunningKernel kernel_;
  std::optional<InUse> in_use_;
  std::vector<GiveBack> devices_;
  bool failed_ = false;
};

}  // namespace

Exit clear(const ClearOptions& options) {
  const Root root(options.root);
  return Clearing(options, root).run();
}

}  // namespace driver_override

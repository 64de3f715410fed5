// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/absent.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "hook/plan_review.hpp"
#include "parser/printable.hpp"
#include "tool/advice/nearest.hpp"
#include "tool/advice/warning.hpp"
#include "tool/machine/overridable_devices.hpp"
#include "tool/machine/virtual_functions.hpp"

namespace driver_override {
namespace {

using Parts = std::vector<std::size_t>;

/// What one physical function would have to make.
struct AwaitedFunctions {
  VirtualFunctionMaker maker;  ///< of the one with the highest number
  Parts parts;                 ///< of the rule
};

class AbsentAdviser {
 public:
  AbsentAdviser(const Root& root, const Configuration& configuration)
      : root_(root), configuration_(configuration), devices_(read_overridable_devices(root)) {}

  void advise(const Plan::Unmatched& unmatched) {
    const Rule& rule = configuration_.rules[unmatched.rule];
    Parts parts = unmatched.parts;
    if (parts.empty()) {
      parts.resize(rule.devices.size());
      std::iota(parts.begin(), parts.end(), std::size_t{0});
    }
    const std::size_t all = parts.size();
    for (const auto& [maker, awaited] : take_awaited(rule, parts))
      note_awaited(unmatched.rule, awaited);
    if (parts.empty()) return;
    Plan::Unmatched rest = unmatched;
    if (parts.size() < all) rest.parts = parts;
    const std::string hint = nearest_hint(root_, rule, rule_of(rule, parts), devices_);
    advice_.push_back(warning_of_rule(configuration_, unmatched.rule, {to_text(rest, rule)}, hint));
  }

  std::vector<Message> take_advice() { return std::move(advice_); }

 private:
  static Rule rule_of(const Rule& rule, const Parts& parts) {
    Rule some = rule;
    some.devices.clear();
    for (const std::size_t part : parts) some.devices.push_back(rule.devices[part]);
    return some;
  }

  /// Who can make the function that the part names, or the last one of its slot.
  [[nodiscard]] std::optional<VirtualFunctionMaker> maker_of(const DevicePattern& part) const {
    std::optional<VirtualFunctionMaker> last;
    for (const PciSlot& slot : slots_of(part)) {
      const auto is_there = [&](const Device& device) { return device.slot == slot; };
      // It exists, and is of another class.
      if (std::any_of(devices_.begin(), devices_.end(), is_there)) return std::nullopt;
      const auto maker = find_function_maker(root_, slot, devices_);
      if (maker && (!last || last->number < maker->number)) last = maker;
    }
    return last;
  }

  static std::vector<PciSlot> slots_of(const DevicePattern& part) {
    constexpr std::uint32_t functions = 8;
    std::vector<PciSlot> slots;
    if (!std::holds_alternative<PciAddress>(part.what)) return slots;
    for (std::uint32_t function = 0; function < functions; ++function) {
      DevicePattern one = part;
      auto& address = std::get<PciAddress>(one.what);
      if (!address.function) address.function = FieldRange{function, function};
      const auto name = exact_name_in_rule(one);
      const auto slot = name ? parse_pci_slot(*name) : std::nullopt;
      if (slot && (slots.empty() || slots.back() != *slot)) slots.push_back(*slot);
    }
    return slots;
  }

  /// Takes those parts out that a physical function can make.
  std::map<DeviceId, AwaitedFunctions> take_awaited(const Rule& rule, Parts& parts) const {
    std::map<DeviceId, AwaitedFunctions> awaited;
    std::erase_if(parts, [&](std::size_t part) {
      const auto maker = maker_of(rule.devices[part]);
      if (!maker) return false;
      AwaitedFunctions& functions = awaited[maker->device];
      if (functions.parts.empty() || functions.maker.number < maker->number)
        functions.maker = *maker;
      functions.parts.push_back(part);
      return true;
    });
    return awaited;
  }

  void note_awaited(std::size_t number, const AwaitedFunctions& awaited) {
    const Rule& rule = configuration_.rules[number];
    const VirtualFunctionMaker& maker = awaited.maker;
    const bool is_one = awaited.parts.size() == 1;
    std::string what = in_quotes(rule.text);
    if (rule.devices.size() > 1) what = quoted_parts(rule, awaited.parts) + " in " + what;
    Message note = warning_of_rule(
        configuration_, number,
        {what, is_one ? " waits for a virtual function: " : " wait for virtual functions: ",
         to_text(maker.device), is_one ? " makes it as number " : " makes the last as number ",
         std::to_string(maker.number), " of at most ", std::to_string(maker.most)},
        "it makes " + std::to_string(maker.now) + " now; write " +
            (maker.now > 0 ? "0, and then " : "") + std::to_string(maker.number) +
            " to /sys/bus/pci/devices/" + maker.device.name + "/sriov_numvfs" +
            (rule.options.sticky || rule.driver.empty()
                 ? ""
                 : "; sticky takes it again when it is made anew"));
    note.severity = Severity::note;
    advice_.push_back(std::move(note));
  }

  const Root& root_;
  const Configuration& configuration_;
  const std::vector<Device> devices_;
  std::vector<Message> advice_;
};

}  // namespace

std::vector<Message> advise_on_absent(const Root& root, const Configuration& configuration,
                                      const Plan& plan) {
  if (plan.unmatched.empty()) return {};
  AbsentAdviser adviser(root, configuration);
  for (const Plan::Unmatched& one : plan.unmatched) adviser.advise(one);
  return adviser.take_advice();
}

}  // namespace driver_override

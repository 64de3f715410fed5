// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/advice.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "hook/modules.hpp"
#include "hook/override_decision.hpp"
#include "hook/sysfs.hpp"
#include "hook/vfio.hpp"
#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/advice/absent.hpp"
#include "tool/advice/boot_display.hpp"
#include "tool/advice/bus_names.hpp"
#include "tool/advice/driver_names.hpp"
#include "tool/advice/peer_claims.hpp"
#include "tool/advice/unspared.hpp"
#include "tool/advice/vfio.hpp"
#include "tool/advice/warning.hpp"
#include "tool/machine/in_use.hpp"
#include "tool/machine/kernel_modules.hpp"
#include "tool/machine/module_aliases.hpp"
#include "tool/machine/module_signature.hpp"
#include "tool/machine/overridable_devices.hpp"
#include "tool/machine/removable.hpp"
#include "tool/machine/usb_keyboards.hpp"

namespace driver_override {
namespace {

class Adviser {
 public:
  Adviser(const Root& root, const Configuration& configuration, const Plan& plan,
          const std::map<DeviceId, Details>& details)
      : root_(root), configuration_(configuration), plan_(plan), details_(details) {
    for (const Action& action : plan.actions)
      if (is_carried_out(action)) carried_out_.actions.push_back(action);
  }

  std::vector<Message> run() {
    advice_ = advise_on_absent(root_, configuration_, plan_);
    for (Message& one : advise_on_unspared(configuration_, plan_))
      advice_.push_back(std::move(one));
    buses_without_overrides();
    drivers();
    const InUse in_use(root_, DiskCheck::by_reading);
    BootDisplay display(root_, configuration_);
    const PeerClaims peers =
        read_peer_claims(root_, {{"command line", configuration_.command_line}});
    for (const Action& action : plan_.actions) {
      if (is_carried_out(action)) {
        uses(action, in_use);
        if (auto one = display.advise(action)) advice_.push_back(std::move(*one));
        virtual_functions(action);
        transience(action);
        subchannel(action);
        foreign_override(action);
        keyboard(action);
        platform_aliases(action);
      }
      peer(action, peers);
    }
    for (Message& one : advise_on_vfio(root_, configuration_, carried_out_))
      advice_.push_back(std::move(one));
    return std::move(advice_);
  }

 private:
  void add(std::initializer_list<std::string_view> text, std::string_view hint, std::size_t rule) {
    advice_.push_back(warning_of_rule(configuration_, rule, text, hint));
  }

  /// False for a device that is left alone when its turn comes.
  [[nodiscard]] bool is_carried_out(const Action& action) const {
    const Details& details = details_.at(action.device.id);
    return details.takes_override && decide_override(action, details.override_name).kind !=
                                         OverrideDecision::Kind::leave_alone;
  }

  /// True if something in the rule has been called doubtful already, such as its driver's name.
  [[nodiscard]] bool is_doubted(std::size_t number) const {
    const Span rule = configuration_.rules[number].span;
    return std::any_of(configuration_.messages.begin(), configuration_.messages.end(),
                       [&](const Message& one) {
                         return one.severity == Severity::warning && one.place &&
                                one.place->source == configuration_.rule_sources[number] &&
                                one.place->span.offset >= rule.offset &&
                                one.place->span.offset < rule.offset + rule.length;
                       });
  }

  /// A driver that is not registered, and a module that the kernel does not have or would refuse.
  void drivers() {
    const KernelModules modules(root_);
    const std::string demand = signature_demand(root_);
    std::set<std::string> told;
    for (const Action& action : carried_out_.actions) {
      const std::string& driver = action.driver;
      if (driver == no_driver || !told.insert(action.device.id.bus + "," + driver).second) continue;
      const std::string module = module_of(action.device.id.bus, driver, action.module);
      const NamedDriver named{action.device.id.bus, driver, module};
      if (is_registered_driver_name(root_, named)) continue;
      if (auto doubt = doubt_driver_name(root_, named)) {
        add({doubt->text}, doubt->hint, action.rule);
        continue;
      }
      if (modules.known() && !modules.has(module) && !is_doubted(action.rule))
        add({"there is no driver ", in_quotes(driver), " and no module ", in_quotes(module)},
            "if its module has another name, add module=NAME", action.rule);
      else if (!demand.empty() && is_unsigned_module(root_, modules.file(module)))
        add({"the kernel would refuse the module ", in_quotes(module),
             ": it has no signature, and ", demand},
            "sign it with a key that this machine trusts, or switch Secure Boot off", action.rule);
    }
  }

  /// Once per rule.
  void buses_without_overrides() {
    std::set<std::size_t> told;
    for (const Action& action : plan_.actions) {
      const Details& details = details_.at(action.device.id);
      if (!details.exists || details.takes_override || !told.insert(action.rule).second) continue;
      const std::string& bus = action.device.id.bus;
      add({"devices of the bus ", in_quotes(bus), " take no override"}, no_override_hint(bus),
          action.rule);
    }
  }

  void keyboard(const Action& action) {
    if (action.device.driver == action.driver || action.device.id.bus != "pci") return;
    const std::vector<std::string> keyboards = usb_keyboards_below(root_, action.device.id);
    if (!keyboards.empty())
      add({to_text(action.device.id), " is a USB controller with a keyboard below it, usb ",
           printable(keyboards.front())},
          "the keyboard goes with it: move it to another controller, or have a way in by network",
          action.rule);
  }

  /// The bus platform lets an override bind any driver, which may then miss what a match would have
  /// told it (drivers/base/platform.c, platform_match).
  void platform_aliases(const Action& action) {
    const std::string& driver = action.driver;
    if (action.device.id.bus != "platform" || driver == no_driver || is_vfio(driver) ||
        action.device.driver == driver)
      return;
    if (!aliases_) aliases_.emplace(root_);
    const std::string alias = read_module_alias(root_, action.device.id);
    const std::string start = alias.substr(0, alias.find(':') + 1);
    const std::string module = normalised_module(module_of("platform", driver, action.module));
    const std::vector<std::string> matching = aliases_->matching(alias);
    if (alias.empty() || !aliases_->has_any(module, start) ||
        std::find(matching.begin(), matching.end(), module) != matching.end())
      return;
    add({in_quotes(driver), " does not list ", to_text(action.device.id), " among its devices"},
        "it would be bound by force, and may fail for want of what a match tells it", action.rule);
  }

  void uses(const Action& action, const InUse& in_use) {
    if (action.device.driver == action.driver) return;
    for (const std::string& use : in_use.uses(root_, action.device.id))
      add({to_text(action.device.id), " is in use: ", use}, "", action.rule);
  }

  void virtual_functions(const Action& action) {
    // sriov_numvfs would wait behind a probe that hangs.
    std::size_t number = 0;
    std::error_code error;
    for (const std::string& name : root_.list(sysfs_device_path(action.device.id), error))
      if (name.compare(0, 6, "virtfn") == 0) ++number;
    const std::string text = to_text(action.device.id);
    if (number != 0)
      add({text, " has ", std::to_string(number),
           number == 1 ? " virtual function, which needs" : " virtual functions, which need",
           " its driver"},
          is_vfio(action.driver) ? "vfio-pci refuses it (EBUSY); name its virtual functions instead"
                                 : "name its virtual functions instead",
          action.rule);
  }

  void transience(const Action& action) {
    const std::string why = why_removable(root_, action.device.id);
    if (!why.empty() && !configuration_.rules[action.rule].options.sticky)
      add({to_text(action.device.id), " ", why},
          "the option sticky applies the rule to each new one", action.rule);
  }

  void subchannel(const Action& action) {
    if (action.device.id.bus == "css")
      add({to_text(action.device.id),
           ": on css an override only restricts; the driver must know the subchannel's type"},
          "", action.rule);
  }

  void foreign_override(const Action& action) {
    const std::string& present = details_.at(action.device.id).override_name;
    if (present.empty() || present == action.driver) return;
    add({to_text(action.device.id), " has the override ", in_quotes(present),
         ", which would be replaced"},
        "something else has set it: another tool, or the kernel itself", action.rule);
  }

  /// True for a statement about every card of a kind.
  static bool names_kind(const Rule& rule) {
    return std::any_of(rule.devices.begin(), rule.devices.end(), [](const DevicePattern& device) {
      return std::holds_alternative<PciIds>(device.what);
    });
  }

  /// What another tool was told about the same device. Ids take every equal card, so they are told
  /// even if the driver is the same.
  void peer(const Action& action, const PeerClaims& peers) {
    Device device = action.device;
    device.ids = read_sysfs_pci_ids(root_, device.id);
    for (const PeerClaim& claim : peers.claims) {
      const bool harmless = !names_kind(claim.rule) && claim.rule.driver == action.driver;
      if (harmless || make_plan({claim.rule}, {{device}, {}}).actions.empty()) continue;
      add({to_text(device.id), " is named by ", claim.peer, " too, for ",
           in_quotes(claim.rule.driver), " (", printable(claim.place), ")"},
          "name a device in one place only", action.rule);
    }
  }

  const Root& root_;
  const Configuration& configuration_;
  const Plan& plan_;
  const std::map<DeviceId, Details>& details_;
  Plan carried_out_;
  std::optional<ModuleAliases> aliases_;  ///< once asked for
  std::vector<Message> advice_;
};

}  // namespace

std::vector<Message> advise(const Root& root, const Configuration& configuration, const Plan& plan,
                            const std::map<DeviceId, Details>& details) {
  return Adviser(root, configuration, plan, details).run();
}

}  // namespace driver_override

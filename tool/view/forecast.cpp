// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/forecast.hpp"

#include "hook/late_claims.hpp"
#include "hook/sysfs.hpp"

namespace driver_override {

Forecast make_forecast(const Root& root, const Configuration& configuration) {
  const Inventory inventory = read_sysfs_inventory(root, configuration.rules);
  const std::map<DeviceId, Details> details = read_device_details(root, inventory.devices);
  Forecast forecast;
  forecast.plan = make_plan(configuration.rules, inventory);
  // What we have set ourselves is gone after a boot.
  recall_late_claims(root, forecast.plan);
  forecast.rows = view_plan(forecast.plan, configuration.rules, details);
  forecast.warnings = advise(root, configuration, forecast.plan, details);
  return forecast;
}

}  // namespace driver_override

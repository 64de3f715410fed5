// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/json.hpp"

#include <nlohmann/json.hpp>

namespace driver_override {
namespace {

using Json = nlohmann::ordered_json;

/// Absent values are null.
Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(as_utf8(text));
}

Json rule_as_json(const Rule& rule, const Source& source) {
  Json devices = Json::array();
  for (const DevicePattern& device : rule.devices) devices.push_back(as_utf8(device.text));
  return {{"text", as_utf8(rule.text)},    {"source", as_utf8(source.name)},
          {"offset", rule.span.offset},    {"bus", as_utf8(rule.bus)},
          {"devices", std::move(devices)}, {"driver", as_utf8(rule.driver)},
          {"options", Json::object()}};
}

Json finding_as_json(const Diagnostic& diagnostic, const Source& source) {
  return {{"severity", severity_name(diagnostic.severity)},
          {"source", as_utf8(source.name)},
          {"offset", diagnostic.span.offset},
          {"length", diagnostic.span.length},
          {"message", as_utf8(diagnostic.message)},
          {"hint", text_or_null(diagnostic.hint)}};
}

}  // namespace

std::string check_as_json(const Configuration& configuration) {
  Json rules = Json::array();
  for (std::size_t i = 0; i < configuration.rules.size(); ++i)
    if (!configuration.rules[i].bad)
      rules.push_back(rule_as_json(configuration.rules[i],
                                   configuration.sources[configuration.rule_sources[i]]));
  Json diagnostics = Json::array();
  for (const std::string& message : configuration.unreadable)
    diagnostics.push_back({{"severity", "error"},
                           {"source", nullptr},
                           {"offset", nullptr},
                           {"length", nullptr},
                           {"message", as_utf8(message)},
                           {"hint", nullptr}});
  for (const Configuration::Finding& finding : configuration.findings)
    diagnostics.push_back(
        finding_as_json(finding.diagnostic, configuration.sources[finding.source]));
  const Json all = {{"enabled", configuration.enabled},
                    {"rules", std::move(rules)},
                    {"diagnostics", std::move(diagnostics)}};
  return all.dump(2);
}

}  // namespace driver_override

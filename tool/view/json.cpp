// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/json.hpp"

#include <nlohmann/json.hpp>

#include "parser/message.hpp"
#include "parser/printable.hpp"
#include "tool/machine/device_class.hpp"

namespace driver_override {
namespace {

using Json = nlohmann::ordered_json;

/// Absent values are null.
Json json_text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(as_utf8(text));
}

/// Those that were given.
Json json_of_options(const Options& options) {
  Json json = Json::object();
  if (!options.id_text.empty()) json["id"] = options.id_text;
  if (!options.class_prefix.empty()) json["class"] = options.class_prefix;
  if (!options.module.empty()) json["module"] = as_utf8(options.module);
  if (options.sticky) json["sticky"] = true;
  if (options.norebind) json["norebind"] = true;
  if (options.trial) json["trial"] = true;
  return json;
}

Json json_of_rule(const Rule& rule, const Source& source) {
  Json devices = Json::array();
  for (const DevicePattern& device : rule.devices) devices.push_back(as_utf8(device.text));
  return {{"text", as_utf8(rule.text)},
          {"source", as_utf8(source.name)},
          {"offset", rule.span.offset},
          {"bus", as_utf8(rule.bus)},
          {"devices", std::move(devices)},
          {"driver", as_utf8(rule.driver)},
          {"options", json_of_options(rule.options)}};
}

Json json_of_message(const Configuration& configuration, const Message& message) {
  Json json = {{"severity", severity_name(message.severity)},
               {"source", nullptr},
               {"offset", nullptr},
               {"length", nullptr},
               {"message", as_utf8(message.text)},
               {"hint", json_text_or_null(message.hint)}};
  if (message.place) {
    json["source"] = as_utf8(configuration.sources[message.place->source].name);
    json["offset"] = message.place->span.offset;
    json["length"] = message.place->span.length;
  }
  return json;
}

Json json_of_rules(const Configuration& configuration) {
  Json rules = Json::array();
  for (std::size_t i = 0; i < configuration.rules.size(); ++i)
    if (!configuration.rules[i].bad)
      rules.push_back(json_of_rule(configuration.rules[i],
                                   configuration.sources[configuration.rule_sources[i]]));
  return rules;
}

Json json_of_messages(const Configuration& configuration, const std::vector<Message>& messages) {
  Json json = Json::array();
  for (const Message& message : messages) json.push_back(json_of_message(configuration, message));
  return json;
}

/// The place of each rule in "rules"; null for bad ones, which are not there.
std::vector<Json> json_rule_numbers(const Configuration& configuration) {
  std::vector<Json> numbers;
  std::size_t number = 0;
  for (const Rule& rule : configuration.rules)
    numbers.push_back(rule.bad ? Json(nullptr) : Json(number++));
  return numbers;
}

Json json_of_row(const PlanRow& row, const Json& rule) {
  return {{"bus", as_utf8(row.device.id.bus)},
          {"device", as_utf8(row.device.id.name)},
          {"driver", as_utf8(row.driver)},
          {"current_driver", json_text_or_null(row.device.driver.value_or(std::string()))},
          {"current_override", json_text_or_null(row.details.override_name)},
          {"action", planned_step_name(row.step)},
          {"rule", rule},
          {"reason", json_text_or_null(row.reason)}};
}

Json json_of_verdict(const Verdict& verdict) {
  return {{"ready", verdict.is_ready},  {"set", verdict.set},       {"kept", verdict.kept},
          {"skipped", verdict.skipped}, {"errors", verdict.errors}, {"warnings", verdict.warnings}};
}

Json json_of_status_row(const StatusRow& row, const Configuration& configuration) {
  return {{"bus", as_utf8(row.device.bus)},
          {"device", as_utf8(row.device.name)},
          {"wanted", as_utf8(row.wanted)},
          {"override", json_text_or_null(row.override_name)},
          {"driver", json_text_or_null(row.driver.value_or(std::string()))},
          {"state", status_name(row.status)},
          {"sticky", configuration.rules[row.rule].options.sticky},
          {"late", row.late},
          {"detail", json_text_or_null(row.reason)}};
}

}  // namespace

std::string json_of_check(const Configuration& configuration) {
  const Json all = {{"enabled", configuration.enabled},
                    {"rules", json_of_rules(configuration)},
                    {"diagnostics", json_of_messages(configuration, configuration.messages)}};
  return all.dump(2);
}

std::string json_of_plan(const Configuration& configuration, const Forecast& forecast,
                         const Verdict& verdict) {
  const std::vector<Json> numbers = json_rule_numbers(configuration);
  Json actions = Json::array();
  for (const PlanRow& row : forecast.rows) actions.push_back(json_of_row(row, numbers[row.rule]));
  Json unmatched = Json::array();
  for (const Plan::Unmatched& one : forecast.plan.unmatched)
    if (one.parts.empty()) unmatched.push_back(numbers[one.rule]);
  std::vector<Message> messages = configuration.messages;
  messages.insert(messages.end(), forecast.warnings.begin(), forecast.warnings.end());
  const Json all = {{"enabled", configuration.enabled},
                    {"actions", std::move(actions)},
                    {"rules", json_of_rules(configuration)},
                    {"unmatched", std::move(unmatched)},
                    {"verdict", json_of_verdict(verdict)},
                    {"diagnostics", json_of_messages(configuration, messages)}};
  return all.dump(2);
}

std::string json_of_status(const Configuration& configuration, const std::vector<StatusRow>& rows) {
  Json rules = Json::array();
  for (std::size_t rule = 0; rule < configuration.rules.size(); ++rule) {
    Json devices = Json::array();
    for (const StatusRow& row : rows)
      if (row.rule == rule) devices.push_back(json_of_status_row(row, configuration));
    if (configuration.rules[rule].bad && devices.empty()) continue;
    const Source& source = configuration.sources[configuration.rule_sources[rule]];
    rules.push_back({{"text", as_utf8(configuration.rules[rule].text)},
                     {"source", as_utf8(source.name)},
                     {"devices", std::move(devices)}});
  }
  const Json all = {{"enabled", configuration.enabled},
                    {"rules", std::move(rules)},
                    {"diagnostics", json_of_messages(configuration, configuration.messages)}};
  return all.dump(2);
}

std::string json_of_list(const std::vector<ListedDevice>& devices) {
  Json list = Json::array();
  for (const ListedDevice& one : devices) {
    const Device& device = one.device;
    const Details& more = one.details;
    Json names = Json::array();
    for (const std::string& name : one.names) names.push_back(as_utf8(name));
    const bool is_physical = more.most_virtual_functions > 0;
    list.push_back(
        {{"bus", as_utf8(device.id.bus)},
         {"device", as_utf8(device.id.name)},
         {"description", json_text_or_null(more.description)},
         {"ids", json_text_or_null(more.ids)},
         {"class", json_text_or_null(more.class_text)},
         {"class_word", device.pci_class ? Json(class_word(*device.pci_class)) : Json(nullptr)},
         {"driver", json_text_or_null(device.driver.value_or(std::string()))},
         {"override", json_text_or_null(more.override_name)},
         {"iommu_group", json_text_or_null(more.iommu_group.value_or(std::string()))},
         {"names", std::move(names)},
         {"physical_function", json_text_or_null(more.physical_function)},
         {"virtual_functions", is_physical ? Json(more.virtual_functions) : Json(nullptr)}});
  }
  const Json all = {{"devices", std::move(list)}};
  return all.dump(2);
}

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/json-page/page.hpp"

#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace json_page {
namespace {

using Json = nlohmann::json;

constexpr std::string_view or_null = " or null";
constexpr std::string_view array_of = "array of ";
constexpr std::string_view one_of = "one of: ";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// Takes an end off a text; false if it has another.
bool take_end(std::string& text, std::string_view end) {
  const bool has_it =
      text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
  if (has_it) text.resize(text.size() - end.size());
  return has_it;
}

bool is_known_type(const Page& page, std::string type) {
  if (starts_with(type, array_of)) return is_known_type(page, type.substr(array_of.size()));
  if (starts_with(type, one_of)) return true;
  take_end(type, or_null);
  return type == "boolean" || type == "string" || type == "number" || page.objects.count(type) != 0;
}

bool is_one_of(const std::string& word, const std::string& type) {
  return (type.substr(one_of.size()) + ",").find(word + ",") != std::string::npos;
}

}  // namespace

Page read_page(std::string_view text) {
  static const std::regex field_line(R"re(\.BR (\w+) " \((.+)\)")re");
  Page page;
  std::istringstream lines{std::string(text)};
  bool has_objects = false;
  bool wants_field = false;
  std::map<std::string, Field>* object = nullptr;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::smatch parts;
    if (starts_with(line, ".SH ")) has_objects = line == ".SH OBJECTS";
    if (!has_objects) continue;
    if (starts_with(line, ".SS ")) object = &page.objects[line.substr(4)];
    if (wants_field) {
      if (object == nullptr || !std::regex_match(line, parts, field_line)) {
        page.faults.push_back("line " + std::to_string(number) + ": no field of an object");
      } else {
        Field field{parts[2]};
        field.is_optional = take_end(field.type, ", optional");
        (*object)[parts[1]] = field;
      }
    }
    wants_field = line == ".TP";
  }
  for (const auto& [name, fields] : page.objects)
    for (const auto& [key, field] : fields)
      if (!is_known_type(page, field.type))
        page.faults.push_back(name + "." + key + ": unknown type \"" + field.type + "\"");
  return page;
}

std::vector<std::string> Contract::faults_of(const Json& value, const std::string& object) {
  faults_.clear();
  check_object(value, object, object);
  return faults_;
}

void Contract::check_object(const Json& value, const std::string& object,
                            const std::string& where) {
  if (!value.is_object()) return faults_.push_back(where + ": no object");
  const auto& fields = page_.objects[object];
  for (const auto& [key, field] : fields)
    if (!value.contains(key) && !field.is_optional)
      faults_.push_back(where + "." + key + ": missing");
  for (const auto& [key, content] : value.items()) {
    const auto field = fields.find(key);
    if (field == fields.end()) {
      faults_.push_back(where + "." + key + ": not in the page");
      continue;
    }
    seen_[object + "." + key].insert(content.is_null());
    check(content, field->second.type, where + "." + key);
  }
}

void Contract::check(const Json& value, const std::string& type, const std::string& where) {
  std::string plain = type;
  if (take_end(plain, or_null) && value.is_null()) return;
  if (starts_with(plain, array_of)) {
    if (!value.is_array()) return faults_.push_back(where + ": no array");
    for (std::size_t i = 0; i < value.size(); ++i)
      check(value[i], plain.substr(array_of.size()), where + "[" + std::to_string(i) + "]");
    return;
  }
  if (page_.objects.count(plain) != 0) return check_object(value, plain, where);
  const bool is_right = plain == "boolean"  ? value.is_boolean()
                        : plain == "number" ? value.is_number_unsigned()
                        : plain == "string"
                            ? value.is_string()
                            : value.is_string() && is_one_of(value.get<std::string>(), plain);
  if (!is_right) faults_.push_back(where + ": " + value.dump() + " is no " + plain);
}

std::vector<std::string> Contract::unseen() const {
  std::vector<std::string> unseen;
  for (const auto& [name, fields] : page_.objects) {
    for (const auto& [key, field] : fields) {
      const auto found = seen_.find(name + "." + key);
      std::string type = field.type;
      if (found == seen_.end())
        unseen.push_back(name + "." + key);
      else if (take_end(type, or_null) && found->second.size() == 1)
        unseen.push_back(name + "." + key +
                         (found->second.count(true) != 0 ? ": always null" : ": never null"));
    }
  }
  return unseen;
}

}  // namespace json_page

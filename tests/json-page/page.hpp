// SPDX-License-Identifier: LGPL-2.1-or-later
// driver-override-json(5) as its test reads it: which fields each object has, and of which type.
// Pure.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Of the section OBJECTS, each `.SS NAME` begins an object, and each `.TP` with the line behind it,
// `.BR FIELD " (TYPE)"`, is a field of it. TYPE is one of
//
//   boolean, string, number       each may have ` or null` behind it
//   one of: WORD, WORD            a string
//   array of TYPE
//   OBJECT                        the name of another object
//
// and may end with `, optional`: the field may be missing.
namespace json_page {

struct Field {
  std::string type{};
  bool is_optional = false;
};

struct Page {
  std::map<std::string, std::map<std::string, Field>> objects{};
  std::vector<std::string> faults{};  ///< "line N: …"
};

/// Reads the manual page's source.
Page read_page(std::string_view text);

/// Compares what was printed with the page, and keeps in mind what was seen of it.
class Contract {
 public:
  explicit Contract(Page page) : page_(std::move(page)) {}

  /// What in the value is not as the page says: "check.rules[0].bus: …".
  /// \param object  the name of the object that the value is to be
  std::vector<std::string> faults_of(const nlohmann::json& value, const std::string& object);

  /// The fields of the page that no value so far had: "rule.bus". A field that may be null must
  /// have been null and something else: "rule.bus: never null".
  [[nodiscard]] std::vector<std::string> unseen() const;

 private:
  void check_object(const nlohmann::json& value, const std::string& object,
                    const std::string& where);
  void check(const nlohmann::json& value, const std::string& type, const std::string& where);

  Page page_;
  std::vector<std::string> faults_;
  std::map<std::string, std::set<bool>> seen_;  ///< by "OBJECT.FIELD": whether it was null
};

}  // namespace json_page

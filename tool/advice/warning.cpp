// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/warning.hpp"

#include <string>

#include "parser/message.hpp"

namespace driver_override {

Message warning_of_rule(const Configuration& configuration, std::size_t rule,
                        std::initializer_list<std::string_view> text, std::string_view hint) {
  Message warning = {
      Severity::warning, {}, std::string(hint), place_of_configured_rule(configuration, rule)};
  for (const std::string_view part : text) warning.text += part;
  return warning;
}

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/command_names.hpp"

#include <algorithm>
#include <array>

#include "parser/printable.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

struct OtherName {
  std::string_view word;
  std::string_view here;
};

/// driverctl's commands first.
constexpr std::array<OtherName, 22> other_names = {{
    {"set-override", "\"set BUS,DEVICE=DRIVER\" does this now, \"save\" for later boots"},
    {"unset-override", "\"clear DEVICE\" does this now, \"forget DEVICE\" for later boots"},
    {"load-override", "\"apply --device DEVICE\" does this"},
    {"list-devices", "\"list\" does this"},
    {"list-overrides", "\"list --overridden\" does this"},
    {"list-persisted", "\"check\" prints the saved rules"},
    {"ls", "did you mean \"list\"?"},
    {"show", "did you mean \"list\" or \"status\"?"},
    {"info", "\"list DEVICE\" says what is known of a device"},
    {"groups", "\"list --groups\" does this"},
    {"tree", "\"list --tree\" does this"},
    {"add", "\"set\" does this now, \"save\" for later boots"},
    {"bind", "\"set BUS,DEVICE=DRIVER\" does this now, \"save\" for later boots"},
    {"unbind", "\"set BUS,DEVICE=none\" does this now, \"save\" for later boots"},
    {"unset", "\"clear\" does this now, \"forget\" for later boots"},
    {"remove", "\"clear\" does this now, \"forget\" for later boots"},
    {"delete", "\"clear\" does this now, \"forget\" for later boots"},
    {"rm", "\"clear\" does this now, \"forget\" for later boots"},
    {"test", "did you mean \"plan\"?"},
    {"dry-run", "did you mean \"plan\"?"},
    {"validate", "did you mean \"check\"?"},
    {"import", "did you mean \"convert\"?"},
}};

}  // namespace

std::string command_hint(const std::string& word, const std::vector<std::string_view>& commands) {
  for (const OtherName& other : other_names)
    if (other.word == word) return std::string(other.here);
  if (word.find_first_of(",=") != std::string::npos)
    return "a command comes first, such as plan: driver-override plan " + printable(word);
  if (word.starts_with("--"))
    return "a command comes first, such as list: driver-override list " + printable(word);
  const std::string_view nearest = nearest_word(word, commands);
  return nearest.empty() ? std::string() : "did you mean " + in_quotes(nearest) + "?";
}

std::string option_hint(const std::vector<std::string>& words,
                        const std::vector<std::string>& options) {
  for (const std::string& word : words) {
    if (word.compare(0, 2, "--") != 0 || word.size() == 2) continue;
    const std::string name = word.substr(2, word.find('=') - 2);
    if (std::find(options.begin(), options.end(), name) != options.end()) continue;
    const std::string_view nearest = nearest_word(name, {options.begin(), options.end()});
    return nearest.empty() ? std::string()
                           : "did you mean " + in_quotes("--" + std::string(nearest)) + "?";
  }
  return {};
}

}  // namespace driver_override

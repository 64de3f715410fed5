// SPDX-License-Identifier: LGPL-2.1-or-later
// Three lines: rules for a file, rules for the command line, and an exception at its end. One byte
// of the exception is changed: if any error is reported, nothing is taken that the sound one
// spares.
#include "hook/configuration.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/property/slip.hpp"
#include "tests/property/small_machine.hpp"

namespace driver_override {
namespace {

Configuration read(const std::string& file, const std::string& line) {
  std::vector<Source> sources = drop_in_sources("/etc/driver-override.d/10.conf", file);
  sources.push_back({"command line", line});
  return parse_configuration_sources(std::move(sources));
}

/// The last rule is an exception, and no text is cut or switched off.
bool is_sound(const Configuration& configuration, const std::string& line) {
  const bool may_be_cut = line.size() % 256 > 250;
  return configuration.enabled && !has_configuration_errors(configuration) &&
         !configuration.rules.empty() && configuration.rules.back().driver.empty() && !may_be_cut;
}

void check(Input input) {
  const unsigned how = input.below(slips);
  const unsigned where = input.byte();
  const char key = static_cast<char>(input.byte());
  const std::string file = input.line() + "\n";
  const std::string base = "quiet driver_override=" + input.line();
  const std::string line = base + " driver_override=" + input.line();
  const Configuration sound = read(file, line);
  if (!is_sound(sound, line) || key == '\0' || read(file, base).rules.size() >= sound.rules.size())
    return;
  const std::size_t at = base.size() + where % (line.size() - base.size());
  const std::string spoilt = with_slip(line, at, how, key);
  const Configuration after = read(file, spoilt);
  if (has_configuration_errors(after))
    require(wrongly_taken(sound, after).empty(), "a slip takes nothing that was spared",
            file + line + "\n" + spoilt + "\n" + wrongly_taken(sound, after));
}

}  // namespace
}  // namespace driver_override

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  driver_override::check(driver_override::Input(data, size));
  return 0;
}

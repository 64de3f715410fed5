// SPDX-License-Identifier: LGPL-2.1-or-later
// The promise of the language: a slip of the keyboard in an exception never takes what the sound
// exception spares, if any error is reported. Random rules with an exception behind them, on the
// command line and in files; one random edit spoils the exception, be it in its parameter's name,
// its quotes or its separator. Only what earlier rules name by one exact name may be taken.
#include <gtest/gtest.h>

#include "hook/configuration.hpp"
#include "tests/property/chance.hpp"
#include "tests/property/slip.hpp"
#include "tests/property/small_machine.hpp"

namespace driver_override {
namespace {

constexpr int rounds = 200000;

std::string pick(Chance& chance, const std::vector<std::string>& words) {
  return words[chance.below(static_cast<unsigned>(words.size()))];
}

/// A part that names devices of the machine, in any form of the language.
std::string part(Chance& chance, bool on_pci) {
  if (!on_pci)
    return pick(chance, {"fe000000.serial", "fe001000.serial", "foo.0", "foo.1", "foo.2", "pcspkr",
                         "foo.*", "foo.[01]", "fe00?000.serial", "*", "f%6fo.1", "?c*"});
  const std::string slot = pick(chance, {"10", "11", "12", "13"});
  const std::string function = pick(chance, {"0", "1"});
  return pick(chance, {"00:" + slot + "." + function, "0000:00:" + slot + "." + function,
                       "0:" + slot + "." + function, "02:" + slot + "." + function,
                       "0001:02:" + slot + "." + function, "00:" + slot, "*:02:" + slot,
                       "00:10-12." + function, "00-02:11-13.0-1", "00:1?." + function, "*:*:*.*",
                       "*:00:" + slot + ".*", "pci:8086:10" + slot, "pci:8086:*",
                       "0000:00:01.0/" + slot + "." + function, "00:01.0/" + slot, "00:01/1?.*"});
}

std::string parts(Chance& chance, bool on_pci) {
  std::string text = part(chance, on_pci);
  while (chance.one_in(3)) text += "," + part(chance, on_pci);
  return text;
}

/// Where rules stand: lines of files, and the words of a command line.
struct Text {
  std::string file;
  std::string line = "BOOT_IMAGE=/vmlinuz quiet";
};

Configuration read(const Text& text) {
  std::vector<Source> sources = drop_in_sources("/etc/driver-override.d/10.conf", text.file);
  sources.push_back({"command line", text.line});
  return parse_configuration_sources(std::move(sources));
}

/// How a rule is put behind what stands there: into the file, into the last parameter, or as a
/// parameter of its own in one of its forms.
void add_rule(Chance& chance, Text& text, const std::string& devices, bool on_pci,
              const std::string& driver) {
  const std::string rule = (on_pci ? "pci," : "platform,") + devices + "=" + driver;
  if (text.line.find('=') == text.line.rfind('=') && chance.one_in(3)) {
    text.file += rule + (chance.one_in(4) ? "  # why\n" : "\n");
    return;
  }
  const bool can_join = text.line.back() != 't' && text.line.back() != '"' && chance.one_in(3);
  // That form has neither ids nor options.
  const bool is_bracket = on_pci && devices.find("pci:") == std::string::npos &&
                          driver.find(',') == std::string::npos && chance.one_in(3);
  if (can_join && text.line.rfind("pci=") < text.line.rfind(' '))
    text.line += ";" + rule;
  else if (is_bracket)
    text.line += pick(chance, {" pci=", " pci=noaer,"}) + "driver[" + devices + "]=" + driver;
  else
    text.line +=
        pick(chance, {" driver_override=" + rule, " rd.driver_override=" + rule,
                      " driver_override=\"" + rule + "\"", " \"driver-override=" + rule + "\""});
}

/// One edit of a typist at a random place of `text` from `begin` on.
std::string spoilt(Chance& chance, const std::string& text, std::size_t begin) {
  constexpr std::string_view keys = "abcdef0123456789xXpiodrv,;=:.-*?[]%\"'/#_ \t()!";
  const std::size_t at = begin + chance.below(static_cast<unsigned>(text.size() - begin));
  const unsigned how = chance.below(slips);
  return with_slip(text, at, how, chance.of(keys));
}

TEST(Exception, SpoiltByOneSlipTakesNothingThatItSpares) {
  Chance chance(4);
  int reported = 0;
  for (int round = 0; round < rounds; ++round) {
    Text sound;
    for (unsigned count = 1 + chance.below(3); count > 0; --count) {
      const bool on_pci = chance.one_in(2);
      add_rule(chance, sound, parts(chance, on_pci), on_pci,
               pick(chance, {"a", "vfio-pci", "none"}));
    }
    const Text base = sound;
    const bool on_pci = chance.one_in(2);
    const std::string options = on_pci && chance.one_in(6) ? ",class=02" : "";
    add_rule(chance, sound, parts(chance, on_pci), on_pci, options);
    if (chance.one_in(3)) sound.line += " root=/dev/vda";
    if (sound.line.size() == 255 || sound.line.size() == 511) continue;  // it may be cut
    const Configuration meant = read(sound);
    ASSERT_FALSE(has_configuration_errors(meant)) << sound.file << sound.line;

    // The separator before it is a part of the exception.
    Text text = sound;
    if (sound.file != base.file)
      text.file = spoilt(chance, sound.file, base.file.empty() ? 0 : base.file.size() - 1);
    else
      text.line = spoilt(chance, sound.line, base.line.size());
    const Configuration after = read(text);
    if (!has_configuration_errors(after)) continue;
    ++reported;
    ASSERT_EQ(wrongly_taken(meant, after), "") << "sound:\n"
                                               << sound.file << sound.line << "\nspoilt:\n"
                                               << text.file << text.line;
  }
  EXPECT_GE(reported, 100000);
}

}  // namespace
}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/device_class.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "hook/device.hpp"
#include "parser/spelling.hpp"

namespace driver_override {
namespace {

struct Word {
  std::string_view digits;  ///< of the class, from its left
  std::string_view word;
};

// The "C" lines of pci.ids. The longest prefix that fits names a class, so the narrow ones come
// first.
constexpr std::array<Word, 46> words = {{
    {"0101", "IDE"},        {"0104", "RAID"},   {"0105", "ATA"},    {"0106", "SATA"},
    {"0107", "SAS"},        {"0108", "NVMe"},   {"01", "storage"},  {"0200", "ethernet"},
    {"0207", "infiniband"}, {"02", "network"},  {"0300", "VGA"},    {"0302", "3D"},
    {"03", "display"},      {"0400", "video"},  {"0401", "audio"},  {"0403", "audio"},
    {"04", "media"},        {"05", "memory"},   {"0600", "host"},   {"0601", "ISA"},
    {"0604", "bridge"},     {"0609", "bridge"}, {"06", "bridge"},   {"0700", "serial"},
    {"0703", "modem"},      {"07", "comm"},     {"0805", "SD"},     {"0806", "IOMMU"},
    {"08", "system"},       {"09", "input"},    {"0a", "dock"},     {"0b", "processor"},
    {"0c00", "FireWire"},   {"0c03", "USB"},    {"0c04", "FC"},     {"0c05", "SMBus"},
    {"0c80", "serial"},     {"0c", "serial"},   {"0d", "wireless"}, {"0e", "I2O"},
    {"10", "crypto"},       {"11", "signal"},   {"12", "accel"},    {"13", "dummy"},
    {"40", "coproc"},       {"ff", "other"},
}};

/// What people call a whole base class.
constexpr std::array<Word, 10> wide_words = {{{"01", "storage"},
                                              {"01", "disk"},
                                              {"02", "network"},
                                              {"02", "net"},
                                              {"03", "display"},
                                              {"03", "graphics"},
                                              {"03", "GPU"},
                                              {"04", "multimedia"},
                                              {"04", "sound"},
                                              {"06", "bridge"}}};

std::string lower_class_word(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool is_class_digits(std::string_view word) {
  return (word.size() == 2 || word.size() == 4 || word.size() == 6) &&
         word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::vector<std::string_view> class_words() {
  std::vector<std::string_view> all;
  all.reserve(words.size() + wide_words.size());
  for (const Word& one : words) all.push_back(one.word);
  for (const Word& one : wide_words) all.push_back(one.word);
  return all;
}

}  // namespace

std::string class_word(std::uint32_t pci_class) {
  const std::string digits = pci_class_digits(pci_class);
  for (const Word& one : words)
    if (digits.starts_with(one.digits)) return std::string(one.word);
  return digits.substr(0, 4);
}

bool is_class(std::uint32_t pci_class, std::string_view word) {
  const std::string wanted = lower_class_word(word);
  if (is_class_digits(word)) return pci_class_digits(pci_class).starts_with(wanted);
  if (lower_class_word(class_word(pci_class)) == wanted) return true;
  return std::any_of(wide_words.begin(), wide_words.end(), [&](const Word& one) {
    return lower_class_word(one.word) == wanted &&
           pci_class_digits(pci_class).starts_with(one.digits);
  });
}

bool may_be_class(std::string_view word) {
  const std::vector<std::string_view> all = class_words();
  return is_class_digits(word) || std::any_of(all.begin(), all.end(), [&](std::string_view one) {
           return lower_class_word(one) == lower_class_word(word);
         });
}

std::string_view nearest_device_class(std::string_view word) {
  return nearest_word(word, class_words());
}

}  // namespace driver_override

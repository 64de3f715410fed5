// SPDX-License-Identifier: LGPL-2.1-or-later
// The format is described at the head of pci.ids itself.
#include "tool/machine/pci_names.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <charconv>

#include "parser/blank.hpp"
#include "tool/machine/lines.hpp"

namespace driver_override {
namespace {

constexpr std::array<const char*, 2> places = {"usr/share/hwdata/pci.ids",
                                               "usr/share/misc/pci.ids"};

// The longest line of the file of 2023 has 195 bytes. What is far longer is no name.
constexpr std::size_t line_limit = 512;

/// Opens a plain file; another kind of file could be without end.
Descriptor open_pci_names_file(const Root& root, const char* path) {
  std::error_code error;
  Descriptor file = root.open(path, O_RDONLY, error);
  struct stat status {};
  if (error || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
    return Descriptor();
  return file;
}

/// A number and a name: "10de  NVIDIA Corporation".
struct Entry {
  std::uint16_t number;
  std::string_view name;
};

/// Reads an entry whose number has exactly `digits` hex digits.
std::optional<Entry> read_pci_name_entry(std::string_view line, std::size_t digits) {
  if (line.size() <= digits || !is_blank(line[digits])) return std::nullopt;
  Entry entry{0, trim_blanks(line.substr(digits))};
  const char* const end = line.data() + digits;
  const auto [at, error] = std::from_chars(line.data(), end, entry.number, 16);
  if (error != std::errc{} || at != end || entry.name.empty()) return std::nullopt;
  return entry;
}

}  // namespace

PciNames::PciNames(const Root& root, const std::set<Model>& wanted) {
  for (const char* path : places) {
    const Descriptor file = open_pci_names_file(root, path);
    if (file.number() < 0) continue;
    std::error_code error;
    for_each_line(
        file, line_limit, [&](std::string_view line) { take(line, wanted); }, error);
    if (!error) return;
  }
}

void PciNames::take(std::string_view line, const std::set<Model>& wanted) {
  if (line.empty() || line[0] == '#') return;
  if (line[0] == '\t')
    take_nested(line.substr(1), wanted);
  else
    take_top(line, wanted);
}

void PciNames::take_top(std::string_view line, const std::set<Model>& wanted) {
  section_ = Section::none;
  const bool is_class = line.substr(0, 2) == "C ";
  const auto entry =
      is_class ? read_pci_name_entry(line.substr(2), 2) : read_pci_name_entry(line, 4);
  if (!entry) return;
  section_ = is_class ? Section::classes : Section::vendor;
  heading_ = entry->number;
  const auto first = wanted.lower_bound({entry->number, 0});
  if (is_class)
    classes_.emplace(entry->number, entry->name);
  else if (first != wanted.end() && first->first == entry->number)
    vendors_.emplace(entry->number, entry->name);
  else
    section_ = Section::none;
}

void PciNames::take_nested(std::string_view line, const std::set<Model>& wanted) {
  if (section_ == Section::none) return;
  const auto entry = read_pci_name_entry(line, section_ == Section::classes ? 2 : 4);
  if (!entry) return;
  if (section_ == Section::classes)
    sub_classes_.emplace(heading_ << 8U | entry->number, entry->name);
  else if (wanted.count({heading_, entry->number}) != 0)
    devices_.emplace(Model{heading_, entry->number}, entry->name);
}

std::string PciNames::class_name(std::uint32_t pci_class) const {
  const auto sub_class = sub_classes_.find(static_cast<std::uint16_t>(pci_class >> 8U & 0xffffU));
  if (sub_class != sub_classes_.end()) return sub_class->second;
  const auto base_class = classes_.find(static_cast<std::uint16_t>(pci_class >> 16U & 0xffU));
  return base_class != classes_.end() ? base_class->second : std::string();
}

std::string PciNames::describe(const PciIds& ids, std::optional<std::uint32_t> pci_class) const {
  const auto vendor = vendors_.find(ids.vendor);
  const auto device = devices_.find({ids.vendor, ids.device});
  std::string text = vendor != vendors_.end() ? vendor->second : std::string();
  const std::string what = device != devices_.end() ? device->second
                           : pci_class              ? class_name(*pci_class)
                                                    : std::string();
  if (!text.empty() && !what.empty()) text += ' ';
  return text + what;
}

std::string PciNames::model_name(const PciIds& ids, std::optional<std::uint32_t> pci_class) const {
  const auto device = devices_.find({ids.vendor, ids.device});
  if (device == devices_.end()) return describe(ids, pci_class);
  const std::string& name = device->second;
  const std::size_t begin = name.find('[');
  const std::size_t end = name.rfind(']');
  const bool is_display = pci_class && *pci_class >> 16U == 3;
  if (!is_display || begin == std::string::npos || end == std::string::npos || end < begin)
    return name;
  return name.substr(begin + 1, end - begin - 1);
}

}  // namespace driver_override

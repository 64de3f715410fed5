// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/device_table.hpp"

#include <algorithm>
#include <cstdio>

#include "parser/printable.hpp"
#include "tool/machine/device_class.hpp"

namespace driver_override {
namespace {

/// A name that is longer pushes its own row to the right, and no other.
constexpr std::size_t widest_name = 26;
constexpr std::size_t widest_driver = 16;

std::string table_driver(const ListedDevice& device) {
  return device.device.driver ? printable(*device.device.driver) : "-";
}

std::string table_group(const ListedDevice& device) {
  return device.details.iommu_group ? printable(*device.details.iommu_group) : "-";
}

std::string padded_for_table(std::string text, std::size_t width) {
  const std::size_t columns = printable_width(text);
  if (columns < width) text.append(width - columns, ' ');
  return text + "  ";
}

/// The width of a column: that of its widest text, within a limit.
template <typename Text>
std::size_t width_of_table_column(const std::vector<TableRow>& rows, std::size_t limit, Text text) {
  std::size_t width = 0;
  for (const TableRow& row : rows)
    if (const std::size_t columns = printable_width(text(row)); columns <= limit)
      width = std::max(width, columns);
  return width;
}

void add_table_row(std::string& text, const std::string& part) {
  if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
}

}  // namespace

std::string table_class_text(const ListedDevice& device) {
  return device.device.pci_class ? class_word(*device.device.pci_class) : "-";
}

std::string table_remarks(const ListedDevice& device) {
  const Details& details = device.details;
  std::string text;
  for (const std::string& name : device.names) add_table_row(text, printable(name));
  if (!details.physical_function.empty())
    add_table_row(text, "VF of " + printable(details.physical_function));
  if (details.most_virtual_functions > 0)
    add_table_row(text, "PF with " + std::to_string(details.virtual_functions) + " of " +
                            std::to_string(details.most_virtual_functions) + " VFs");
  if (!details.override_name.empty())
    add_table_row(text, "override " + in_quotes(details.override_name));
  if (details.busy) add_table_row(text, "busy");
  add_table_row(text, printable(details.short_name));
  return text;
}

void print_device_table(const Terminal& terminal, const std::vector<TableRow>& rows,
                        std::size_t indent, bool with_group) {
  const std::size_t name_width =
      width_of_table_column(rows, widest_name, [](const TableRow& row) { return row.name; });
  const std::size_t class_width = width_of_table_column(
      rows, 9, [](const TableRow& row) { return table_class_text(*row.device); });
  const std::size_t driver_width = width_of_table_column(
      rows, widest_driver, [](const TableRow& row) { return table_driver(*row.device); });
  const std::size_t group_width =
      width_of_table_column(rows, 8, [](const TableRow& row) { return table_group(*row.device); });
  constexpr std::size_t wide = 100;
  const bool has_room_for_ids = terminal.width() == 0 || terminal.width() >= wide;
  for (const TableRow& row : rows) {
    std::string line(indent, ' ');
    line += padded_for_table(row.name, name_width) +
            padded_for_table(table_class_text(*row.device), class_width) +
            padded_for_table(table_driver(*row.device), driver_width);
    if (with_group) line += padded_for_table(table_group(*row.device), group_width);
    const std::size_t used = printable_width(line);
    std::string rest = table_remarks(*row.device);
    if (const std::string& ids = row.device->details.ids; has_room_for_ids && !ids.empty())
      rest += (rest.empty() ? "[" : " [") + ids + "]";
    if (!row.mark.empty()) rest += (rest.empty() ? "" : "  ") + row.mark;
    if (rest.empty()) line.erase(line.find_last_not_of(' ') + 1);
    std::printf("%s%s\n", line.c_str(), terminal.wrap(rest, used, used).c_str());
  }
}

}  // namespace driver_override

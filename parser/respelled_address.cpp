// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/respelled_address.hpp"

#include <algorithm>
#include <vector>

#include "parser/blank.hpp"
#include "parser/pci_address.hpp"

namespace driver_override {
namespace {

constexpr std::string_view digits = "0123456789abcdefABCDEF";

/// The numbers of the text; none if anything but marks stands between them.
std::vector<std::string> numbers_of_respelled_address(std::string_view text) {
  std::vector<std::string> numbers;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_of(digits);
    const std::string_view marks = text.substr(0, begin);
    if (marks.find_first_not_of(":._- \t/") != std::string_view::npos) return {};
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    if (text.size() > 2 && (text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X"))
      text.remove_prefix(2);
    const std::size_t end = std::min(text.find_first_not_of(digits), text.size());
    if (end > 0) numbers.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return numbers;
}

/// "0a:", "00" and ".0" of "0a:00.0".
struct AddressParts {
  explicit AddressParts(std::string_view text) {
    const std::size_t dot = std::min(text.rfind('.'), text.size());
    const std::size_t begin = text.rfind(':', dot) + 1;
    bus = text.substr(0, begin);
    device = text.substr(begin, dot - begin);
    function = text.substr(dot);
  }
  std::string_view bus;
  std::string_view device;
  std::string_view function;
};

}  // namespace

std::string respelled_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::size_t mark = std::min(dots, text.find('-'));
  const std::string_view first = text.substr(0, mark);
  if (first.size() == text.size() || !is_pci_address(first)) return {};
  const std::string_view last = text.substr(mark + (mark == dots ? 2 : 1));
  std::string range = std::string(first) + "-" + std::string(last);
  if (is_pci_address(last)) {
    const AddressParts from(first);
    const AddressParts to(last);
    if (from.bus != to.bus || from.function.empty() != to.function.empty()) return {};
    if (from.device != to.device && from.function == to.function)
      range = std::string(from.bus) + std::string(from.device) + "-" + std::string(to.device) +
              std::string(from.function);
    else if (from.device == to.device && !to.function.empty())
      range = std::string(first) + "-" + std::string(to.function.substr(1));
  }
  return is_pci_address(range) && range != text ? range : std::string();
}

std::string respelled_address(std::string_view text) {
  text = trim_blanks(text);
  if (text.substr(0, 3) == "pci") text.remove_prefix(3);
  const std::vector<std::string> numbers = numbers_of_respelled_address(text);
  std::string address;
  if (numbers.size() == 4)
    address = numbers[0] + ":" + numbers[1] + ":" + numbers[2] + "." + numbers[3];
  else if (numbers.size() == 3)
    address = numbers[0] + ":" + numbers[1] + (numbers[0].size() < 4 ? "." : ":") + numbers[2];
  return is_pci_address(address) && address != text ? address : std::string();
}

}  // namespace driver_override

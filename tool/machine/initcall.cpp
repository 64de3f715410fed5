// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/machine/initcall.hpp"

#include "tool/machine/lines.hpp"

namespace driver_override {
namespace {

/// The symbol of a line "ADDRESS TYPE NAME" (kernel/kallsyms.c, s_show); empty for one of a module,
/// which has its name behind it.
std::string_view initcall_symbol(std::string_view line) {
  if (line.find('\t') != std::string_view::npos) return {};
  return line.substr(line.rfind(' ') + 1);
}

bool is_initcall_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/// "__initstub__kmod_sysfb__243_70_sysfb_init6": a line's number, the function, and the level, with
/// or without an `s`, close it.
bool is_initcall_stub(std::string_view symbol, const std::string& function) {
  constexpr std::string_view start = "__initstub__";
  if (symbol.substr(0, start.size()) != start) return false;
  if (symbol.back() == 's') symbol.remove_suffix(1);
  const std::string end = "_" + function;
  if (symbol.size() < end.size() + 2 || !is_initcall_digit(symbol.back())) return false;
  symbol.remove_suffix(1);
  const std::size_t at = symbol.size() - end.size();
  return symbol.substr(at) == end && is_initcall_digit(symbol[at - 1]);
}

}  // namespace

std::string find_initcall(const Root& root, const std::string& function) {
  bool is_empty = true;
  bool has_function = false;
  std::string stub;
  std::error_code error;
  const auto take = [&](std::string_view line) {
    is_empty = false;
    // About 200,000 lines: most are dropped by this.
    if (line.find(function) == std::string_view::npos) return;
    const std::string_view symbol = initcall_symbol(line);
    has_function = has_function || symbol == function;
    if (is_initcall_stub(symbol, function)) stub = symbol;
  };
  for_each_line(root, "proc/kallsyms", take, error);
  if (!stub.empty()) return stub;
  return error || is_empty || has_function ? function : std::string();
}

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/rule_slips.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "parser/blank.hpp"
#include "parser/look_alike.hpp"
#include "parser/override_buses.hpp"
#include "parser/pci_address.hpp"
#include "parser/pci_ids.hpp"
#include "parser/printable.hpp"
#include "parser/respelled_address.hpp"

namespace driver_override {
namespace {

constexpr auto npos = std::string_view::npos;

/// Better words, and where in the rule they belong.
struct Slip {
  Span span;
  std::string text;
  std::string hint;
};
using Found = std::optional<Slip>;

/// usb takes no override, but people write it.
bool is_slip_bus(std::string_view word) {
  return is_override_bus(word) || word == "usb";
}

bool is_slip_ids(std::string_view text) {
  return std::holds_alternative<PciIds>(parse_pci_ids(text, 0));
}

/// What comes before the first "=".
std::string_view slip_head(std::string_view rule) {
  return rule.substr(0, rule.find('='));
}

/// The "=" and what comes after it, or what should be there.
std::string slip_tail(std::string_view rule) {
  const std::size_t equals = rule.find('=');
  return equals == npos ? "=DRIVER" : std::string(rule.substr(equals));
}

/// Where the list of devices begins: behind "BUS,", or at once if no bus is named.
std::size_t slip_devices_at(std::string_view rule) {
  const std::size_t comma = slip_head(rule).find(',');
  return comma != npos && is_slip_bus(rule.substr(0, comma)) ? comma + 1 : 0;
}

std::string slip_hint(const std::string& rule) {
  return "write " + rule;
}

/// What a boot loader or a shell would have taken off, had it not been quoted twice.
Found slip_quotation_mark(std::string_view rule) {
  const std::string plain = without_look_alikes(rule);
  constexpr std::string_view marks = "\"'`";
  if (plain.empty() || marks.find(plain[0]) == npos) return std::nullopt;
  const std::size_t begin = plain.find_first_not_of(marks);
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t end = plain.find_last_not_of(marks);
  return Slip{{0, 1},
              "a quotation mark is part of the rule",
              "remove it: write " + plain.substr(begin, end + 1 - begin)};
}

/// "vfio-pci.ids=10de:1e87"
Found slip_parameter_of_vfio(std::string_view rule) {
  for (const std::string_view name :
       {"vfio-pci.ids=", "vfio_pci.ids=", "pci-stub.ids=", "pci_stub.ids="})
    if (rule.substr(0, name.size()) == name)
      return Slip{{0, name.size()},
                  in_quotes(name) + " is a parameter of another module, not a rule",
                  "\"driver-override convert\" prints it as rules"};
  return std::nullopt;
}

/// "0a:00.0 VGA compatible controller: …", or a device and a driver with a blank between them.
Found slip_line_of_lspci(std::string_view rule) {
  const std::size_t blank = rule.find_first_of(" \t");
  const std::string_view address = rule.substr(0, blank);
  if (blank == npos || !is_pci_address(address)) return std::nullopt;
  const std::string_view rest = trim_blanks(rule.substr(blank));
  if (rest.empty() || rest[0] == '=') return std::nullopt;
  const std::string start = "pci," + std::string(address);
  if (rest.find_first_of(" \t=,:[") == npos)
    return Slip{{0, rule.size()},
                "expected a rule, found a device and a driver",
                slip_hint(start + "=" + std::string(rest))};
  return Slip{{0, rule.size()}, "this looks like a line of lspci", slip_hint(start + "=DRIVER")};
}

/// "BUS,NAME" for a path in /sys; empty if it names no device.
std::string slip_device_of_path(std::string_view path) {
  constexpr std::string_view start = "/sys/bus/";
  constexpr std::string_view middle = "/devices/";
  if (path.substr(0, start.size()) == start) {
    path.remove_prefix(start.size());
    const std::size_t at = path.find(middle);
    if (at == npos) return {};
    const std::string_view name = path.substr(at + middle.size());
    return std::string(path.substr(0, at)) + "," + std::string(name.substr(0, name.find('/')));
  }
  while (!path.empty()) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (is_pci_address(name)) return "pci," + std::string(name);
    path.remove_suffix(std::min(path.size(), name.size() + 1));
  }
  return {};
}

Found slip_path(std::string_view rule) {
  const std::size_t at = slip_devices_at(rule);
  const std::string_view head = slip_head(rule).substr(at);
  const std::string_view path = head.substr(0, head.find_first_of(", \t"));
  if (path.substr(0, 5) == "/sys/") {
    const std::string device = slip_device_of_path(path);
    return Slip{{at, path.size()},
                "a rule takes the name of a device, not its path in /sys",
                device.empty() ? "\"driver-override list\" shows the names"
                               : slip_hint(device + slip_tail(rule))};
  }
  if (path.substr(0, 5) == "/dev/")
    return Slip{
        {at, path.size()},
        "a rule takes the name of a device, not a node in /dev",
        "\"driver-override suggest " + std::string(path) + " DRIVER\" prints a rule for it"};
  return std::nullopt;
}

/// "0a:00.0=vfio-pci"; a blank in place of the "=" is one too.
std::string slip_device_and_driver(std::string_view text) {
  if (text.find('=') != npos) return std::string(text);
  const std::string_view device = text.substr(0, text.find_first_of(" \t"));
  const std::string_view driver = trim_blanks(text.substr(device.size()));
  const bool is_one_word = !driver.empty() && driver.find_first_of(" \t") == npos;
  return std::string(device) + "=" + (is_one_word ? std::string(driver) : "DRIVER");
}

/// "pci@0000:0a:00.0", "pci 0a:00.0", "platform:serial8250".
Found slip_comma_after_bus(std::string_view rule) {
  for (const std::string_view bus : override_buses) {
    if (rule.substr(0, bus.size()) != bus || rule.size() < bus.size() + 2) continue;
    const char mark = rule[bus.size()];
    if (std::string_view("@:/-_.|+ \t").find(mark) == npos) continue;
    std::string_view device = rule.substr(bus.size() + 1);
    device.remove_prefix(std::min(device.find_first_not_of(" \t,"), device.size()));
    const std::string_view name = device.substr(0, device.find_first_of("=, \t"));
    const bool pci_ids = bus == "pci" && !is_pci_address(name) && is_slip_ids(name);
    // "pci-stub" and "fsl-mc" are names themselves.
    const bool may_be_name = std::string_view("-_.").find(mark) != npos;
    if (name.empty() || (may_be_name && !pci_ids && !is_pci_address(name))) continue;
    return Slip{
        {bus.size(), 1},
        "expected \",\" after the bus " + in_quotes(bus) + ", found " +
            in_quotes({&rule[bus.size()], 1}),
        slip_hint(std::string(bus) + (pci_ids ? ",pci:" : ",") + slip_device_and_driver(device))};
  }
  return std::nullopt;
}

/// The ids in "10de:1e87" or "[10de:1e87]"; empty for any other device.
std::string_view slip_ids_of(std::string_view device) {
  std::string_view ids = trim_blanks(device);
  if (ids.starts_with('[')) ids = ids.substr(1, ids.find(']') - 1);
  return is_slip_ids(ids) && !is_pci_address(ids) ? ids : std::string_view();
}

/// "10de:1e87=…", "[10de:1e87]=…", "pci,[10de:1e87]=…".
Found slip_ids_without_mark(std::string_view rule) {
  const std::size_t at = slip_devices_at(rule);
  std::string_view devices = slip_head(rule).substr(at);
  const std::string_view first = trim_blanks(devices.substr(0, devices.find(',')));
  const std::string_view ids = slip_ids_of(first);
  if (ids.empty() || (ids.size() == first.size() && at > 0)) return std::nullopt;
  std::string marked = "pci";
  while (!devices.empty()) {
    const std::string_view device = devices.substr(0, devices.find(','));
    const std::string_view its_ids = slip_ids_of(device);
    marked.append(its_ids.empty() ? "," : ",pci:").append(its_ids.empty() ? device : its_ids);
    devices.remove_prefix(std::min(device.size() + 1, devices.size()));
  }
  return Slip{{at, first.size()},
              "ids are written with \"pci:\" in front",
              slip_hint(marked + slip_tail(rule))};
}

Found slip_bus_left_out(std::string_view rule) {
  const std::string_view head = slip_head(rule);
  const std::string_view device = trim_blanks(head.substr(0, head.find(',')));
  if (!is_pci_address(device)) return std::nullopt;
  return Slip{{0, device.size()},
              "expected the name of a bus, found " + in_quotes(device),
              "the bus is left out: write pci," + std::string(trim_blanks(head)) + slip_tail(rule)};
}

/// Another mark between the device and the driver than "=".
Found slip_other_mark_than_equals(std::string_view rule) {
  const auto slip = [&](std::size_t at, std::size_t length) -> Found {
    const std::string_view driver = trim_blanks(rule.substr(at + length));
    return Slip{{at, length},
                "expected \"=\" before the driver, found " + in_quotes(rule.substr(at, length)),
                slip_hint(std::string(trim_blanks(rule.substr(0, at))) + "=" +
                          (driver.empty() ? "DRIVER" : std::string(driver)))};
  };
  if (rule.find('=') != npos || slip_devices_at(rule) == 0) return std::nullopt;
  for (const std::string_view arrow : {"->", "→", "~>", ">"})
    if (const std::size_t at = rule.find(arrow); at != npos) return slip(at, arrow.size());
  const std::size_t last = rule.rfind(',') + 1;
  constexpr std::size_t longest =
      80;  // what is far longer is no slip, and would cost quadratic time
  if (rule.size() - last > longest) return std::nullopt;
  for (std::size_t at = rule.size() - 1; at > last; --at) {
    const bool is_mark = std::string_view(": \t/|@").find(rule[at]) != npos;
    if (is_mark && is_pci_address(trim_blanks(rule.substr(last, at - last))) &&
        !is_pci_address(trim_blanks(rule.substr(at + 1))))
      return slip(at, 1);
  }
  return std::nullopt;
}

/// "pci,0a:00.0,vfio-pci", "vfio-pci,pci,0a:00.0", "pci,0a:00.0": no "=" at all.
Found slip_no_equals(std::string_view rule) {
  if (rule.find_first_of("= \t") != npos) return std::nullopt;
  const auto slip = [&](std::string_view device, std::string_view driver) {
    return Slip{{rule.size(), 0},
                "expected \"=\" and a driver, found the end of the rule",
                slip_hint("pci," + std::string(device) + "=" + std::string(driver))};
  };
  constexpr std::string_view pci = "pci,";
  if (const std::size_t at = rule.find(",pci,"); at != npos) {
    const std::string_view device = rule.substr(at + 1 + pci.size());
    if (is_pci_address(device) && rule.substr(0, at).find(',') == npos)
      return slip(device, rule.substr(0, at));
  }
  if (rule.substr(0, pci.size()) != pci) return std::nullopt;
  const std::string_view devices = rule.substr(pci.size());
  const std::size_t last = devices.rfind(',');
  if (last == npos && is_pci_address(devices)) return slip(devices, "DRIVER");
  if (last == npos || last + 1 == devices.size()) return std::nullopt;
  const std::string_view word = devices.substr(last + 1);
  if (is_pci_address(word)) return slip(devices, "DRIVER");
  if (word.find_first_of(":.*?") != npos || !is_pci_address(devices.substr(0, devices.find(','))))
    return std::nullopt;
  return slip(devices.substr(0, last), word);
}

/// "pci,0a:00.0==vfio-pci"
Found slip_equals_twice(std::string_view rule) {
  const std::size_t at = rule.find("==");
  if (at == npos || at != rule.find('=') || rule.substr(at + 2).find('=') != npos)
    return std::nullopt;
  const std::string_view driver = rule.substr(at + 2);
  return Slip{{at + 1, 1},
              "expected a driver or an option after \"=\"",
              slip_hint(std::string(rule.substr(0, at + 1)) +
                        (driver.empty() ? "DRIVER" : std::string(driver)))};
}

/// "pci,id=10de:1e87=vfio-pci"
Found slip_ids_as_option(std::string_view rule) {
  for (const std::string_view start : {"pci,id=", "pci,ids="}) {
    if (rule.substr(0, start.size()) != start) continue;
    const std::string_view rest = rule.substr(start.size());
    const std::string_view ids = rest.substr(0, rest.find('='));
    if (is_slip_ids(ids))
      return Slip{{4, start.size() - 5},
                  "ids in place of a device are written with \"pci:\" in front",
                  slip_hint("pci,pci:" + std::string(ids) + slip_tail(rest))};
  }
  return std::nullopt;
}

/// "pci=0a:00.0,vfio-pci", "pci=0a:00.0=vfio-pci"
Found slip_equals_after_bus(std::string_view rule) {
  const std::string_view bus = slip_head(rule);
  const std::string_view rest = rule.substr(std::min(bus.size() + 1, rule.size()));
  if (bus != "pci" || !is_pci_address(rest.substr(0, rest.find_first_of(",="))))
    return std::nullopt;
  std::string meant(rest);
  if (rest.find('=') == npos) {
    // The first that is no address is the driver.
    std::size_t comma = rest.find(',');
    while (comma != npos &&
           is_pci_address(rest.substr(comma + 1, rest.find(',', comma + 1) - comma - 1)))
      comma = rest.find(',', comma + 1);
    if (comma == npos)
      meant += "=DRIVER";
    else
      meant[comma] = '=';
  }
  return Slip{{bus.size(), 1},
              "expected \",\" after the bus \"pci\", found \"=\"",
              slip_hint("pci," + meant)};
}

/// "pci,0a:00.0,driver=vfio-pci"
Found slip_driver_as_option(std::string_view rule) {
  const std::string_view head = slip_head(rule);
  constexpr std::string_view word = ",driver";
  if (!rule.starts_with("pci,") || !head.ends_with(word)) return std::nullopt;
  const std::string_view devices = head.substr(0, head.size() - word.size());
  if (devices.find(',') == npos) return std::nullopt;
  const std::string_view found = rule.substr(devices.size(), word.size() + 1);
  return Slip{{devices.size(), found.size()},
              "expected \"=\" before the driver, found " + in_quotes(found),
              slip_hint(std::string(devices) + slip_tail(rule))};
}

/// "pci,class=0300=vfio-pci", "pci,0a:00.0,id=10de:1e87=vfio-pci"
Found slip_option_before_driver(std::string_view rule) {
  const std::string_view head = slip_head(rule);
  const std::size_t comma = std::min(head.rfind(','), head.size());
  const std::string_view name = head.substr(std::min(comma + 1, head.size()));
  if (!rule.starts_with("pci,") || (name != "class" && name != "id" && name != "module"))
    return std::nullopt;
  const std::string_view rest = rule.substr(std::min(head.size() + 1, rule.size()));
  const std::string_view value = rest.substr(0, rest.find_first_of("=,"));
  const std::string_view behind = rest.substr(value.size());
  const bool names_driver = behind.starts_with('=') && behind.size() > 1;
  std::string devices(head.substr(0, comma));
  if (devices == "pci") devices += name == "class" ? ",*:*:*.*" : ",DEVICE";
  return Slip{{comma + 1, rule.substr(comma + 1, name.size() + 1).size()},
              "an option belongs after the driver",
              slip_hint(devices + (names_driver ? std::string(behind) : "=DRIVER") + "," +
                        std::string(name) + "=" + std::string(value))};
}

/// "vfio-pci=0a:00.0"
Found slip_driver_first(std::string_view rule) {
  const std::string_view driver = slip_head(rule);
  const std::string_view device = rule.substr(std::min(driver.size() + 1, rule.size()));
  if (driver.empty() || driver.find_first_of(",:. \t") != npos || !is_pci_address(device))
    return std::nullopt;
  return Slip{{0, driver.size()},
              "expected a bus and a device before \"=\", found " + in_quotes(driver),
              slip_hint("pci," + std::string(device) + "=" + std::string(driver))};
}

/// "pci,0a:00.0=x 0b:00.0=x"
Found slip_blank_between_rules(std::string_view rule) {
  const std::size_t equals = rule.find('=');
  if (equals == npos) return std::nullopt;
  const std::size_t blank = rule.find_first_of(" \t", equals);
  if (blank == npos || blank == equals + 1 || rule[blank - 1] == ',') return std::nullopt;
  if (rule.find('=', blank) == npos) return std::nullopt;
  if (rule.substr(equals, blank - equals).find(',') != npos) return std::nullopt;
  return Slip{{blank, 1},
              "a blank does not end a rule",
              "write \";\" between two rules, or give each a parameter of its own"};
}

/// The option that an error is about.
std::string_view slip_option_at(std::string_view rule, std::size_t offset, const Message& fault) {
  if (!fault.place || fault.place->span.offset < offset) return {};
  const std::size_t at = fault.place->span.offset - offset;
  const std::size_t equals = rule.find('=');
  if (equals == npos || at <= equals || at > rule.size()) return {};
  return rule.substr(at, fault.place->span.length);
}

Found slip_option(std::string_view rule, std::size_t offset, const Message& fault) {
  const std::string_view option = slip_option_at(rule, offset, fault);
  if (option.empty()) return std::nullopt;
  const auto at = static_cast<std::size_t>(option.data() - rule.data());
  const Span span{at, option.size()};
  if (is_ascii_blank(option[0]) && rule[at - 1] == ',')
    return Slip{
        {at, 1},
        "no blank belongs after the \",\"",
        slip_hint(std::string(rule.substr(0, at)) + std::string(trim_blanks(rule.substr(at))))};
  if (is_pci_address(option) && slip_devices_at(rule) > 0)
    return Slip{span, "a device belongs before the \"=\"",
                slip_hint(std::string(slip_head(rule)) + "," + std::string(option) +
                          std::string(rule.substr(rule.find('='), at - 1 - rule.find('='))))};
  if (is_slip_bus(option))
    return Slip{span, "unknown option " + in_quotes(option),
                "write \";\", not \",\", before another rule, or give it a parameter of its own"};
  return std::nullopt;
}

/// "pci,0a:00.0=vfio-pci," in front of a blank, which ends a parameter.
Found slip_comma_at_the_end(std::string_view rule) {
  if (rule.back() != ',' || rule.find('=') == npos) return std::nullopt;
  return Slip{{rule.size(), 0},
              "expected an option, found the end of the rule",
              "put no blank after the \",\", and no \",\" at the end"};
}

Found slip_look_alike(std::string_view rule) {
  const auto one = find_look_alike(rule);
  if (!one) return std::nullopt;
  return Slip{{one->at, one->length}, to_text(*one), slip_hint(without_look_alikes(rule))};
}

/// "on", "vfio-pci": one word in the place of a rule.
Found slip_single_word(std::string_view rule) {
  if (rule.find_first_of(",= \t[]") != npos || rule.starts_with("driver")) return std::nullopt;
  if (const std::string address = respelled_address(rule); !address.empty())
    return Slip{{0, rule.size()},
                "expected a rule, found " + in_quotes(rule),
                slip_hint("pci," + address + "=DRIVER")};
  return Slip{{0, rule.size()},
              "expected a rule, found " + in_quotes(rule),
              "a rule is BUS,DEVICE=DRIVER, as in pci,0000:02:00.0=pci-stub; only off, 0, no or "
              "false may stand alone"};
}

/// "eno1=vfio-pci", "pci_0000_0a_00_0=vfio-pci": a device, or a bus, and no more.
Found slip_device_alone(std::string_view rule) {
  const std::string_view head = slip_head(rule);
  if (head.size() == rule.size() || head.empty() || head.find_first_of(", \t[]") != npos)
    return std::nullopt;
  const std::string found = "expected a bus and a device before \"=\", found " + in_quotes(head);
  if (const std::string address = respelled_address(head); !address.empty())
    return Slip{{0, head.size()}, found, slip_hint("pci," + address + slip_tail(rule))};
  return Slip{{0, head.size()},
              found,
              "a rule is BUS,DEVICE=DRIVER, as in "
              "pci,0000:02:00.0=pci-stub"};
}

/// The device before the "=" that an error is about.
std::string_view slip_device_at(std::string_view rule, std::size_t offset, const Message& fault) {
  if (rule.substr(0, 4) != "pci," || !fault.place || fault.place->span.offset < offset) return {};
  const std::size_t at = fault.place->span.offset - offset;
  const std::size_t begin = rule.rfind(',', at == 0 ? 0 : at - 1);
  if (at > slip_head(rule).size() || begin == npos) return {};
  const std::string_view device = slip_head(rule).substr(begin + 1);
  return device.substr(0, device.find(','));
}

/// A device that is no address: one with other marks than ":" and "." (libvirt's, an accident, an
/// operating system's), or the name of an interface or a disk.
Found slip_no_address(std::string_view rule, std::size_t offset, const Message& fault) {
  const std::string_view device = slip_device_at(rule, offset, fault);
  if (device.empty()) return std::nullopt;
  const Span span{fault.place->span.offset - offset, fault.place->span.length};
  if (const std::string range = respelled_range(device); !range.empty())
    return Slip{span, fault.text, "did you mean " + in_quotes(range) + "?"};
  if (!fault.hint.empty() && !fault.hint.starts_with("an address is ")) return std::nullopt;
  if (const std::string address = respelled_address(device); !address.empty())
    return Slip{span, fault.text, "did you mean " + in_quotes(address) + "?"};
  // "eth0", "nvme0n1"; not "02", "all" or "vfio-pci".
  constexpr std::string_view numbers = "0123456789";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  const std::size_t number = device.find_first_of(numbers);
  if (number == 0 || number == npos || device.find_first_not_of("abcdef0123456789") == npos ||
      device.find_first_not_of(std::string(letters).append(numbers)) != npos)
    return std::nullopt;
  return Slip{span, fault.text,
              "if it is an interface or a disk, \"driver-override suggest " + std::string(device) +
                  " DRIVER\" prints a rule for it"};
}

Found find_slip(std::string_view rule, std::size_t offset, const Message& fault) {
  for (const auto find :
       {slip_parameter_of_vfio, slip_quotation_mark, slip_line_of_lspci, slip_path,
        slip_comma_after_bus, slip_ids_without_mark, slip_bus_left_out, slip_other_mark_than_equals,
        slip_ids_as_option, slip_equals_after_bus, slip_driver_as_option, slip_option_before_driver,
        slip_driver_first, slip_equals_twice, slip_no_equals, slip_blank_between_rules})
    if (Found slip = find(rule)) return slip;
  if (Found slip = slip_option(rule, offset, fault)) return slip;
  for (const auto find :
       {slip_comma_at_the_end, slip_look_alike, slip_single_word, slip_device_alone})
    if (Found slip = find(rule)) return slip;
  return slip_no_address(rule, offset, fault);
}

}  // namespace

void explain_slip(std::string_view rule, std::size_t offset, Message& fault) {
  Found slip = find_slip(rule, offset, fault);
  if (!slip) return;
  const Span span{offset + slip->span.offset, slip->span.length};
  fault.text = std::move(slip->text);
  fault.hint = std::move(slip->hint);
  fault.place = Place{span, span};
}

void explain_split_list(std::string_view rule, std::string_view next, Message& fault) {
  const std::size_t devices = slip_devices_at(rule);
  if (devices == 0 || rule.find_first_of("= \t") != npos) return;
  const std::string_view start = rule.substr(0, devices);
  if (next.substr(0, devices) != start || next.find('=') == npos) return;
  fault.hint = "if both get the same driver, write " + std::string(rule) + "," +
               std::string(next.substr(devices));
}

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/xen_hide.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "parser/blank.hpp"
#include "parser/parameter.hpp"
#include "tool/advice/peer_rule.hpp"

namespace driver_override {
namespace {

struct Hiding {
  std::string_view parameter;
  const char* peer;
  std::string_view marks;  ///< what parts the addresses
};

constexpr std::array<Hiding, 3> hidings = {{{"rd.qubes.hide_pci", "rd.qubes.hide_pci=", ","},
                                            {"xen-pciback.hide", "xen-pciback.hide=", "()"},
                                            {"pciback.hide", "pciback.hide=", "()"}}};

void read_xen_hide_addresses(const Hiding& hiding, const std::string& source, std::size_t offset,
                             std::string_view value, PeerClaims& result) {
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find_first_of(hiding.marks, at), value.size());
    const std::string_view address = trim_blanks(value.substr(at, end - at));
    const std::string place = source + ", byte " + std::to_string(offset + at);
    if (!address.empty())
      add_peer_rule(hiding.peer, place,
                    read_back_peer_rule("pci," + std::string(address) + "=pciback"), result);
    at = end + 1;
  }
}

}  // namespace

void read_hidden_devices(const Source& source, PeerClaims& result) {
  for (const Parameter& parameter : split_into_parameters(source.text))
    for (const Hiding& hiding : hidings)
      if (parameter.value && same_parameter_name(parameter.name, hiding.parameter))
        read_xen_hide_addresses(
            hiding, source.name,
            static_cast<std::size_t>(parameter.value->data() - source.text.data()),
            *parameter.value, result);
}

}  // namespace driver_override

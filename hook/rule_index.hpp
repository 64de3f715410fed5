// SPDX-License-Identifier: LGPL-2.1-or-later
// The patterns of one bus, by what they can name: a device is compared with those alone that may
// name it, be there a thousand others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hook/device.hpp"
#include "parser/rule.hpp"

namespace driver_override {

class RuleIndex {
 public:
  using Numbers = std::vector<std::size_t>;

  /// \param pattern  of the bus that the index is for
  /// \param number   what candidates() gives for it: grows from call to call, or stays
  void add(const DevicePattern& pattern, std::size_t number);

  /// Something that may concern any device of the bus.
  void add_to_all(std::size_t number);

  /// The numbers of all patterns that may name the device, growing, each once.
  [[nodiscard]] Numbers candidates(const Device& device) const;

 private:
  std::map<std::string, Numbers, std::less<>> by_name_;  ///< of full names
  std::map<std::uint32_t, Numbers> by_place_;  ///< of addresses: by slot, or by bus number alone
  Numbers others_;
};

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's own parameter `pci=`, which holds rules beside its options.
#pragma once

#include <string_view>

#include "parser/rule_parser.hpp"

namespace driver_override {

/// The rules among the fragments of a `pci=` value; the kernel's own options are passed over.
///
/// \param offset  where the value starts in its source, in bytes
ParsedRules parse_pci_parameter(std::string_view value, std::size_t offset);

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
// The same machine after a card was added in front of all others: other bus numbers, same topology.
// Only what firmware and kernel assign changes; what a user wrote into a file stays as it is.
#pragma once

#include "tests/trees/description.hpp"

namespace device_trees {

/// Adds 1 to every PCI bus number but those of the root buses. Names of other devices that start
/// with an address, as those of the bus pci_express, change with it.
/// Throws std::invalid_argument if a number would become that of a root bus, or too large.
void renumber(Description& description);

}  // namespace device_trees

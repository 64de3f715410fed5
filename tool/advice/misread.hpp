// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules that could not be read, explained by what the machine knows, or by what stands beside them:
// network interfaces and disks in place of devices, a device and a driver as two arguments, files
// that are not read.
#pragma once

#include <string>
#include <vector>

#include "hook/configuration.hpp"
#include "hook/root.hpp"
#include "parser/message.hpp"

namespace driver_override {

/// Gives better words to the messages of a configuration if the machine knows more than the
/// parser. No message is added, and no rule changed.
void explain_misread(const Root& root, Configuration& configuration);

/// Warnings about files beside the drop-ins that look like drop-ins and are not read.
std::vector<Message> files_not_read(const Root& root);

/// "a network interface of pci 0000:05:00.0", "a disk of …"; empty if the word names nothing that
/// has a device. \param device  set to the device as a rule names it
std::string describe_misread_word(const Root& root, const std::string& word, std::string& device);

}  // namespace driver_override

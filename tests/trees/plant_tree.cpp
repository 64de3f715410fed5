// SPDX-License-Identifier: LGPL-2.1-or-later
// plant-tree: writes a described machine as plain files, a root for `driver-override plan --root`.
// Only the program's arguments belong here.
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/trees/plant.hpp"

namespace {

constexpr int wrong_usage = 2;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw std::runtime_error(path + ": cannot be read");
  return text;
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::string> arguments(words + 1, words + count);
  const bool renumbered = !arguments.empty() && arguments.front() == "--renumber";
  if (renumbered) arguments.erase(arguments.begin());
  if (arguments.size() != 2) {
    std::cerr << "usage: plant-tree [--renumber] DESCRIPTION DIRECTORY\n";
    return wrong_usage;
  }
  try {
    device_trees::plant(read_file(arguments[0]), arguments[1], renumbered);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "plant-tree: " << arguments[0] << ": " << error.what() << "\n";
    return 1;
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// The description of a machine, for a root of plain files, and its reader.
// A new statement is listed here, read in description.cpp and obeyed in layout.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fake_sysfs/sysfs_spec.hpp"

// The statements of tests/fake_sysfs/sysfs_spec.hpp but `fault`, `readonly` and `unkillable`, and:
//
//   pci ADDRESS CLASS IDS [rev=XX] [physfn=ADDRESS] [KEY=VALUE…]
//                       a device of the bus pci. CLASS has six digits, IDS are VENDOR:DEVICE or
//                       VENDOR:DEVICE:SUBVENDOR:SUBDEVICE, the KEYs are those of `device`.
//                       The bus numbers of a bridge follow from what is below it; one that has
//                       nothing below it is given attribute.secondary_bus_number and
//                       attribute.subordinate_bus_number, in decimal.
//   class CLASS PATH [FILE=TEXT…] [VARIABLE=TEXT…]
//                       a device of a class, such as a disk or a network interface, with these
//                       files; a name without small letters is a variable of its `uevent`.
//                       `dev` also makes its link in /sys/dev. What has `partition` is one.
//   file PATH [TEXT]    a file with one line, or with the lines below that start with `|`, which
//                       stand as they are behind `|` and one blank
//   link PATH TARGET    a relative link to the path TARGET
//
// PATH is a path below the root, as /proc/swaps, or starts with a device, as
// pci,0000:00:17.0/ata1 or block,sda/sda1: BUS,NAME or CLASS,NAME. %XX stands for any byte.
namespace device_trees {

/// A device of a bus, or one of a class.
struct Owner {
  std::string group{};  ///< the bus or class
  std::string name{};

  friend auto operator<=>(const Owner&, const Owner&) = default;
};

struct Path {
  std::optional<Owner> owner{};  ///< whose folder it starts in; none: in the root
  std::string rest{};            ///< as /ata1/host0; empty for the folder of the owner
};

struct ClassDevice {
  std::string group{};
  Path path{};
  std::map<std::string, std::string> files{};      ///< without the newline at the end
  std::map<std::string, std::string> variables{};  ///< of its uevent
};

struct PlainFile {
  Path path{};
  std::string content{};
};

struct Link {
  Path path{};
  Path target{};
};

struct Description {
  fake_sysfs::Spec sysfs{};
  std::vector<ClassDevice> class_devices{};
  std::vector<PlainFile> files{};
  std::vector<Link> links{};
  std::map<std::string, std::string> physical_functions{};  ///< of each virtual function
};

/// Reads a description. Throws std::invalid_argument with the line's number if a statement is
/// wrong; whether the names in it exist is seen when the tree is laid out.
Description parse_description(std::string_view text);

}  // namespace device_trees

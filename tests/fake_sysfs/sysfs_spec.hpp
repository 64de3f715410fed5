// SPDX-License-Identifier: LGPL-2.1-or-later
// The description of a fake sysfs as data, and its reader.
// A new statement or option is listed here, read in sysfs_spec.cpp and obeyed in the model.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One statement per line, a word that starts with `#` opens a comment, names may hold %XX for any
// byte:
//
//   bus BUS [no-override] [unset-is-empty]
//   driver BUS DRIVER [DRIVER-OPTION…]            registered from the start
//   module MODULE registers BUS DRIVER [DRIVER-OPTION…]       may stand more than once for a module
//   device BUS NAME [KEY=VALUE…]      keys: parent native driver override iommu_group class vendor
//                                     device subsystem_vendor subsystem_device
//                                     virtual_functions=DEVICE[,DEVICE…] (the links virtfn0 and
//                                     on, if those are there)
//                                     modalias (empty: it has no such file)
//                                     attribute.NAME (any other file that can only be read)
//                                     below (the folders between the parent, or /sys/devices, and
//                                     the device, such as spi_master/spi0; empty: none)
//   link PATH TARGET                  a symbolic link of another kind, such as /dev/block/8:0
//   fault PATH open|read|write|readlink|list ERRNO|hang|vanish [TIMES]
//   readonly                          every open for writing fails with EROFS
//   unkillable                        what hangs goes on hanging when its caller is killed, as in
//                                     the kernel; it ends with the program
//
// DRIVER-OPTION: no-unbind, probe-errno=ERRNO, probe-hang, remove-hang, late-link=MILLISECONDS,
// native=DEVICE[,DEVICE…] (devices it knows without an override), module=MODULE (already loaded),
// built-in=MODULE (a part of the kernel that has a folder in /sys/module all the same).
namespace fake_sysfs {

struct BusSpec {
  std::string name{};
  bool has_override = true;
  bool unset_is_empty = false;  ///< an unset override reads as an empty line, as on spi
};

struct DriverSpec {
  std::string bus{};
  std::string name{};
  std::string module{};                ///< whose module it is; empty if that is not to be seen
  std::vector<std::string> native{};   ///< devices that it matches without an override
  bool is_built_in = false;            ///< its module is a part of the kernel
  bool suppresses_bind_attrs = false;  ///< it has no `bind` and `unbind`
  bool probe_hangs = false;
  bool remove_hangs = false;
  int probe_error = 0;                     ///< what its probe fails with; 0 if it does not
  std::chrono::milliseconds late_link{0};  ///< how much later than the kernel's attempt it binds
};

struct DeviceSpec {
  std::string bus{};
  std::string name{};
  std::optional<std::string> parent{};         ///< a device of the same bus, or else of any bus
  std::optional<std::string> below{};          ///< folders between the parent and it, as /A/B
  std::vector<std::string> native{};           ///< drivers that match it without an override
  std::optional<std::string> driver{};         ///< bound to it from the start
  std::optional<std::string> override_name{};  ///< set from the start
  std::optional<std::string> iommu_group{};
  std::vector<std::string> virtual_functions{};
  std::map<std::string, std::string> attributes{};  ///< file → content without its newline
};

struct ModuleSpec {
  std::string name{};
  std::vector<DriverSpec> drivers{};
};

struct LinkSpec {
  std::string path{};    ///< starts with `/`, the mount point
  std::string target{};  ///< likewise; there need be nothing
};

enum class Operation { open, read, write, readlink, list };

enum class FaultKind { error, hang, vanish };

struct FaultSpec {
  std::string glob{};  ///< for fnmatch(3), starts with `/`; `*` also crosses a `/`
  Operation operation = Operation::open;
  FaultKind kind = FaultKind::error;
  int error = 0;
  std::optional<unsigned> times{};  ///< how often it strikes; none: always
};

struct Spec {
  std::vector<BusSpec> buses{};
  std::vector<DriverSpec> drivers{};
  std::vector<ModuleSpec> modules{};
  std::vector<DeviceSpec> devices{};
  std::vector<LinkSpec> links{};
  std::vector<FaultSpec> faults{};
  bool readonly = false;
  bool unkillable = false;
};

/// Reads a description. Throws std::invalid_argument with the line's number if a statement is
/// wrong; whether the names in it exist is seen when the driver core is built from it.
Spec parse_spec(std::string_view text);

/// Reads one device statement, with or without its first word `device`. Throws as parse_spec().
DeviceSpec parse_device(std::string_view statement);

/// The module's name as /sys/module has it: `-` is `_`.
std::string module_name(std::string_view name);

}  // namespace fake_sysfs

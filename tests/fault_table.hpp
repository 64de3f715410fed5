// SPDX-License-Identifier: LGPL-2.1-or-later
// What each fault of each step of binding leads to: step × fault, one cell per line. Both levels
// read it: tests/unit against the model of the kernel, tests/system with the program on the fake
// sysfs. A change of a message is made here; a new step or fault gets its cells here first.
#pragma once

#include <array>
#include <cerrno>
#include <ostream>
#include <string>

namespace fault_table {

enum class Step { reading, writing, loading, unbinding, probing, link, binding };
inline constexpr std::array<const char*, 7> step_names = {
    "reading", "writing", "loading", "unbinding", "probing", "link", "binding"};

enum class Fault {
  // Every step has a cell for each of these.
  ENODEV_,
  EBUSY_,
  EINVAL_,
  EIO_,
  EACCES_,
  ENOSPC_,
  ENOMEM_,
  hangs,
  attribute_gone,  ///< the file that the step opens is not there
  device_gone,     ///< the device vanishes in that step
  // One step alone has these.
  missing,      ///< there is no modprobe
  killed,       ///< modprobe is ended by a signal
  late,         ///< the driver's link comes after the kernel's answer
  other_driver  ///< another driver has the device again
};
inline constexpr std::array<const char*, 14> fault_names = {
    "ENODEV", "EBUSY",         "EINVAL",     "EIO",     "EACCES", "ENOSPC", "ENOMEM",
    "hangs",  "attributeGone", "deviceGone", "missing", "killed", "late",   "otherDriver"};
inline constexpr std::array<int, 7> errnos = {ENODEV, EBUSY, EINVAL, EIO, EACCES, ENOSPC, ENOMEM};
inline constexpr std::size_t faults_of_every_step = 10;

enum class End {
  bound,       ///< all the same; the text is empty
  kept,        ///< failed, and the driver that it had, if any, still has it
  overridden,  ///< likewise, and the message says how to take the override back
  freed,       ///< failed, no driver has it, and the message says how to give it back
  unfinished,  ///< given up, and nothing more is begun with it
  never        ///< the kernel cannot do that; the text says why
};

struct Cell {
  Step step;
  Fault fault;
  End end;
  const char* text;  ///< what the message says of it, as a pattern of fnmatch(3)
};

/// The device that a fault strikes. Its driver is to be pci-stub, and e1000 has it if the step
/// takes it from a driver.
inline constexpr const char* victim = "0000:00:12.0";

// NOLINTBEGIN(cppcoreguidelines-macro-usage): string literals are joined by nothing else.
#define NOT_THERE "the driver \"pci-stub\" is not there: "
#define STATUS_1 \
  NOT_THERE "modprobe ended with status 1: modprobe: ERROR: could not insert 'pci_stub': "
#define REFUSES "the driver \"pci-stub\" does not take it: "
// NOLINTEND(cppcoreguidelines-macro-usage)

// clang-format off
inline constexpr std::array cells = {
Cell{Step::reading,   Fault::ENODEV_,        End::kept,       "reading driver_override: the device has gone"},
Cell{Step::reading,   Fault::EBUSY_,         End::kept,       "reading driver_override: Device or resource busy"},
Cell{Step::reading,   Fault::EINVAL_,        End::kept,       "reading driver_override: Invalid argument"},
Cell{Step::reading,   Fault::EIO_,           End::kept,       "reading driver_override: Input/output error"},
Cell{Step::reading,   Fault::EACCES_,        End::kept,       "reading driver_override: Permission denied"},
Cell{Step::reading,   Fault::ENOSPC_,        End::kept,       "reading driver_override: No space left on device"},
Cell{Step::reading,   Fault::ENOMEM_,        End::kept,       "reading driver_override: Cannot allocate memory"},
Cell{Step::reading,   Fault::hangs,          End::unfinished, "reading driver_override did not end within * s"},
Cell{Step::reading,   Fault::attribute_gone, End::kept,       "devices of the bus \"pci\" take no override"},
Cell{Step::reading,   Fault::device_gone,    End::kept,       "reading driver_override: the device has gone"},

Cell{Step::writing,   Fault::ENODEV_,        End::kept,       "writing driver_override: the device has gone"},
Cell{Step::writing,   Fault::EBUSY_,         End::kept,       "writing driver_override: Device or resource busy"},
Cell{Step::writing,   Fault::EINVAL_,        End::kept,       "writing driver_override: Invalid argument"},
Cell{Step::writing,   Fault::EIO_,           End::kept,       "writing driver_override: Input/output error"},
Cell{Step::writing,   Fault::EACCES_,        End::kept,       "writing driver_override: Permission denied"},
Cell{Step::writing,   Fault::ENOSPC_,        End::kept,       "writing driver_override: No space left on device"},
Cell{Step::writing,   Fault::ENOMEM_,        End::kept,       "writing driver_override: Cannot allocate memory"},
Cell{Step::writing,   Fault::hangs,          End::unfinished, "writing driver_override did not end within * s"},
Cell{Step::writing,   Fault::attribute_gone, End::never,      "it has just been read: only a device that goes takes it along"},
Cell{Step::writing,   Fault::device_gone,    End::kept,       "writing driver_override: the device has gone"},

// The errno is that of the module's init function, and reaches us as modprobe's error_output.
Cell{Step::loading,   Fault::ENODEV_,        End::overridden, STATUS_1 "No such device"},
Cell{Step::loading,   Fault::EBUSY_,         End::overridden, STATUS_1 "Device or resource busy"},
Cell{Step::loading,   Fault::EINVAL_,        End::overridden, STATUS_1 "Invalid argument"},
Cell{Step::loading,   Fault::EIO_,           End::overridden, STATUS_1 "Input/output error"},
Cell{Step::loading,   Fault::EACCES_,        End::overridden, STATUS_1 "Permission denied"},
Cell{Step::loading,   Fault::ENOSPC_,        End::overridden, STATUS_1 "No space left on device"},
Cell{Step::loading,   Fault::ENOMEM_,        End::overridden, STATUS_1 "Cannot allocate memory"},
Cell{Step::loading,   Fault::hangs,          End::overridden, NOT_THERE "loading \"pci-stub\" did not end within * s"},
Cell{Step::loading,   Fault::attribute_gone, End::never,      "loading opens no attribute"},
Cell{Step::loading,   Fault::device_gone,    End::kept,       "probing: the device has gone"},
Cell{Step::loading,   Fault::missing,        End::overridden, NOT_THERE "modprobe could not be run: No such file or directory"},
Cell{Step::loading,   Fault::killed,         End::overridden, NOT_THERE "modprobe was ended by signal 9"},

// It may have let go of the device meanwhile, so this is tried once more.
Cell{Step::unbinding, Fault::ENODEV_,        End::bound,      ""},
Cell{Step::unbinding, Fault::EBUSY_,         End::overridden, "unbinding it from \"e1000\": Device or resource busy"},
Cell{Step::unbinding, Fault::EINVAL_,        End::overridden, "unbinding it from \"e1000\": Invalid argument"},
Cell{Step::unbinding, Fault::EIO_,           End::overridden, "unbinding it from \"e1000\": Input/output error"},
Cell{Step::unbinding, Fault::EACCES_,        End::overridden, "unbinding it from \"e1000\": Permission denied"},
Cell{Step::unbinding, Fault::ENOSPC_,        End::overridden, "unbinding it from \"e1000\": No space left on device"},
Cell{Step::unbinding, Fault::ENOMEM_,        End::overridden, "unbinding it from \"e1000\": Cannot allocate memory"},
Cell{Step::unbinding, Fault::hangs,          End::unfinished, "unbinding it from \"e1000\" did not end within * s"},
Cell{Step::unbinding, Fault::attribute_gone, End::overridden, "the driver \"e1000\" has it and cannot be unbound; keep that driver from loading first"},
Cell{Step::unbinding, Fault::device_gone,    End::kept,       "unbinding it from \"e1000\": the device has gone"},

Cell{Step::probing,   Fault::ENODEV_,        End::kept,       "probing: the device has gone"},
Cell{Step::probing,   Fault::EBUSY_,         End::freed,      "probing: Device or resource busy"},
Cell{Step::probing,   Fault::EINVAL_,        End::freed,      "probing: Invalid argument"},
Cell{Step::probing,   Fault::EIO_,           End::freed,      "probing: Input/output error"},
Cell{Step::probing,   Fault::EACCES_,        End::freed,      "probing: Permission denied"},
Cell{Step::probing,   Fault::ENOSPC_,        End::freed,      "probing: No space left on device"},
Cell{Step::probing,   Fault::ENOMEM_,        End::freed,      "probing: Cannot allocate memory"},
Cell{Step::probing,   Fault::hangs,          End::unfinished, "probing did not end within * s"},
Cell{Step::probing,   Fault::attribute_gone, End::freed,      "probing: No such file or directory"},
Cell{Step::probing,   Fault::device_gone,    End::kept,       "probing: the device has gone"},

Cell{Step::link,      Fault::ENODEV_,        End::never,      "kernfs answers a link without asking a driver"},
Cell{Step::link,      Fault::EBUSY_,         End::never,      "as above"},
Cell{Step::link,      Fault::EINVAL_,        End::never,      "as above: only of what is no link"},
Cell{Step::link,      Fault::EIO_,           End::never,      "as above"},
Cell{Step::link,      Fault::EACCES_,        End::never,      "as above: to the super-user"},
Cell{Step::link,      Fault::ENOSPC_,        End::never,      "as above"},
Cell{Step::link,      Fault::ENOMEM_,        End::never,      "as above: a page is not refused to the super-user"},
Cell{Step::link,      Fault::hangs,          End::never,      "as above: it takes no lock of the device"},
Cell{Step::link,      Fault::attribute_gone, End::never,      "no link is what a device without a driver has"},
Cell{Step::link,      Fault::device_gone,    End::kept,       "binding it: the device has gone"},
Cell{Step::link,      Fault::late,           End::bound,      ""},
Cell{Step::link,      Fault::other_driver,   End::kept,       "the driver \"e1000\" took it again"},

// The probe has bound nothing and said nothing, so the errno is the driver's own.
Cell{Step::binding,   Fault::ENODEV_,        End::freed,      REFUSES "No such device: the driver does not support this device"},
Cell{Step::binding,   Fault::EBUSY_,         End::freed,      REFUSES "Device or resource busy: something else is using the device or its resources, perhaps a framebuffer"},
Cell{Step::binding,   Fault::EINVAL_,        End::freed,      REFUSES "Invalid argument"},
Cell{Step::binding,   Fault::EIO_,           End::freed,      REFUSES "Input/output error"},
Cell{Step::binding,   Fault::EACCES_,        End::freed,      REFUSES "Permission denied: the kernel forbids it (perhaps by lockdown)"},
Cell{Step::binding,   Fault::ENOSPC_,        End::freed,      REFUSES "No space left on device"},
Cell{Step::binding,   Fault::ENOMEM_,        End::freed,      REFUSES "Cannot allocate memory"},
Cell{Step::binding,   Fault::hangs,          End::unfinished, "binding it to \"pci-stub\" did not end within * s"},
Cell{Step::binding,   Fault::attribute_gone, End::freed,      REFUSES "it has no bind file, so the reason is unknown"},
Cell{Step::binding,   Fault::device_gone,    End::kept,       "binding it: the device has gone"},
};
// clang-format on

#undef NOT_THERE
#undef STATUS_1
#undef REFUSES

/// The errno that the fault is; 0 if it is none.
inline int number_of(Fault fault) {
  const auto index = static_cast<std::size_t>(fault);
  return index < errnos.size() ? errnos.at(index) : 0;
}

/// The whole of what the message says behind `not bound to "pci-stub": `, as a pattern.
inline std::string message_of(const Cell& cell) {
  std::string text = cell.text;
  const std::string way_back = std::string(" until \"driver-override clear pci,") + victim + '"';
  if (cell.end == End::freed) return text + "; it stays without a driver" + way_back;
  if (cell.end == End::overridden) return text + "; its override stays set" + way_back;
  if (cell.end == End::unfinished)
    return text + "; it is still running, and a reboot may hang if it never ends";
  return text;
}

inline bool begins_bound(const Cell& cell) {
  return cell.step == Step::unbinding || cell.fault == Fault::other_driver;
}

inline std::string name_of(const Cell& cell) {
  return std::string(step_names.at(static_cast<std::size_t>(cell.step))) + "_" +
         fault_names.at(static_cast<std::size_t>(cell.fault));
}

inline std::ostream& operator<<(std::ostream& out, const Cell& cell) {
  return out << name_of(cell);
}

}  // namespace fault_table

// SPDX-License-Identifier: LGPL-2.1-or-later
// /sys as paths and operations, without FUSE: faults strike here, and every access is logged here.
// What an access does to devices is the driver core's; which files there are is the tree's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fake_sysfs/driver_core.hpp"
#include "tests/fake_sysfs/sysfs_spec.hpp"
#include "tests/fake_sysfs/sysfs_tree.hpp"

namespace fake_sysfs {

enum class Access { read, write, read_and_write };

/// A file that was opened. It stays that of the same device when another of that name comes.
struct OpenFile {
  std::string path;
  Node node;
};

struct OpenReply {
  Outcome outcome;
  OpenFile file;
};

struct TextReply {
  Outcome outcome;
  std::string text;
};

struct ListReply {
  Outcome outcome;
  std::vector<std::string> names;
};

/// Paths start with `/`, the mount point, and hold no symbolic link but as their last part. The
/// lines of the log are:
///
///   open PATH r|w|rw      read PATH      write PATH DATA      readlink PATH      list PATH
///   load MODULE           add BUS NAME             remove BUS NAME
///   bind BUS NAME DRIVER  unbind BUS NAME DRIVER
///
/// PATH, DATA and names are escaped (see escape()). What failed ends with ` = ERRNO`, what hangs
/// with ` = HANG`. The last two lines of verbs say what changed, and follow the access that caused
/// it. Accesses to the control file are not logged, what they do is.
class SysfsModel {
 public:
  using Log = std::function<void(const std::string& line)>;

  /// Throws as DriverCore does.
  SysfsModel(const Spec& spec, Log log);

  /// Moves the time on, see DriverCore.
  void advance(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_due() const { return core_.next_due(); }

  /// What is at that path; null if nothing is. Not logged. Valid until the next call of another
  /// function.
  const Node* find(const std::string& path);

  OpenReply open(const std::string& path, Access access);
  TextReply read(const OpenFile& file);
  Outcome write(const OpenFile& file, std::string_view data);
  TextReply read_link(const std::string& path);
  ListReply list(const std::string& path);

  /// An open with O_CREAT of a file that does not exist.
  Outcome create(const std::string& path);

  [[nodiscard]] const DriverCore& core() const { return core_; }

  /// True once after hangs were ended: then the requests that hang are to be answered.
  bool take_end_of_hangs() { return std::exchange(hangs_ended_, false); }

 private:
  std::optional<Outcome> strike(Operation operation, const std::string& path, const Node& node,
                                std::string_view data = {});
  void vanish(const Node& node, std::string_view data);
  [[nodiscard]] Outcome check_open(const Node* node, Access access) const;
  [[nodiscard]] TextReply show(const Node& node) const;
  Outcome store(const Node& node, std::string_view data);
  Outcome store_number(const Node& node, std::string_view data);
  Outcome control(std::string_view command);
  Outcome remove_device(std::string_view words);
  Outcome end_hangs();
  void record(const std::string& line, const Outcome& outcome);
  void record_control(std::string_view command, const Outcome& outcome);
  void record_changes();

  DriverCore core_;
  std::vector<LinkSpec> links_;
  std::vector<FaultSpec> faults_;
  bool readonly_;
  bool hangs_ended_ = false;
  Log log_;
  std::optional<Tree> tree_;  ///< none if the layout has changed since it was built
};

}  // namespace fake_sysfs

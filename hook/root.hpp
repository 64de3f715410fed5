// SPDX-License-Identifier: LGPL-2.1-or-later
// The root directory under which every path lies, and the only place that opens a file below it.
// Links are followed, but never out of the root: openat2(2), RESOLVE_IN_ROOT.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "hook/descriptor.hpp"
#include "hook/folder.hpp"

namespace driver_override {

/// How many bytes of a file are read at most, if nothing else is said: 1 MiB.
constexpr std::size_t read_limit = 1U << 20U;

/// Reads from a descriptor to its end, at most `limit` bytes; sets `error` (EFBIG above that).
std::string read_all(const Descriptor& file, std::error_code& error,
                     std::size_t limit = read_limit);

/// Reads an attribute of /sys that is open: at most 4096 bytes, without the last newline. One
/// read(2) gets all of it (fs/sysfs/file.c, sysfs_kf_seq_show: a page at most).
std::string read_attribute(const Descriptor& file, std::error_code& error);

/// Writes an attribute that is open, by one call, wherever reading has left it; a short write is
/// EIO.
void write_attribute(const Descriptor& file, std::string_view text, std::error_code& error);

/// All paths are relative to the root, without a leading `/`. Every function sets `error` to what
/// the kernel said, or clears it; none throws for what it finds in the file system.
class Root {
 public:
  /// \param directory  the root; one that does not exist is empty: every access fails with ENOENT
  explicit Root(const std::string& directory = "/");

  [[nodiscard]] bool is_system() const { return is_system_; }

  /// Why nothing can be opened below the root: ENOSYS before Linux 5.6, which brought openat2(2);
  /// EPERM from a filter of system calls that does not know it; ENOENT without such a directory.
  [[nodiscard]] std::error_code usable() const;

  /// Opens a file with open(2)'s `flags`, but never creates one and never waits for a FIFO.
  [[nodiscard]] Descriptor open(const std::string& path, int flags, std::error_code& error) const;

  /// The file's bytes, at most `limit` of them, as read_all() reads them.
  [[nodiscard]] std::string read(const std::string& path, std::error_code& error,
                                 std::size_t limit = read_limit) const;

  /// read_attribute() of a file.
  [[nodiscard]] std::string read_attribute(const std::string& path, std::error_code& error) const;

  /// write_attribute() of a file.
  void write(const std::string& path, std::string_view text, std::error_code& error) const;

  /// Folder::create() in the path's directory.
  void create(const std::string& path, std::string_view text, std::error_code& error,
              Lasting lasting = Lasting::for_good) const;

  /// Folder::replace() in the path's directory.
  void replace(const std::string& path, std::string_view text, std::error_code& error,
               Lasting lasting = Lasting::for_good) const;

  /// Makes a directory and those above it; one that is there already is no error.
  void make_directories(const std::string& path, std::error_code& error) const;

  /// Locks a file that holds nothing, until the descriptor is closed; makes it if there is none,
  /// so that only its owner can open it. Waits up to 5 s for another process (EWOULDBLOCK then).
  [[nodiscard]] Descriptor lock(const std::string& path, std::error_code& error) const;

  /// Removes a file; one that is not there is no error.
  void remove(const std::string& path, std::error_code& error) const;

  /// The inode number of a file or directory, links followed; none if there is none.
  [[nodiscard]] std::optional<std::uint64_t> inode(const std::string& path) const;

  /// The names in a directory, sorted, without `.` and `..`.
  [[nodiscard]] std::vector<std::string> list(const std::string& path,
                                              std::error_code& error) const;

  /// The target of the symbolic link `directory/name` as it stands there; none if there is none.
  [[nodiscard]] std::optional<std::string> link_target(const std::string& directory,
                                                       const std::string& name) const;

  /// The last component of that target.
  [[nodiscard]] std::optional<std::string> link(const std::string& directory,
                                                const std::string& name) const;

  /// The path at the end of a chain of links; the path itself if it is no link. Nothing need be
  /// there.
  [[nodiscard]] std::string follow(std::string path, std::error_code& error) const;

  [[nodiscard]] bool exists(const std::string& path) const;

  /// The same; if it is not known, false, and `error` says why.
  [[nodiscard]] bool exists(const std::string& path, std::error_code& error) const;

  /// True for a regular file, links followed.
  [[nodiscard]] bool is_file(const std::string& path) const;

 private:
  [[nodiscard]] Descriptor open_lock(const std::string& path, std::error_code& error) const;
  /// What stat(2) says of the file at the end of all links.
  void look_at(const std::string& path, struct ::stat& status, std::error_code& error) const;

  Descriptor directory_;
  bool is_system_;
};

}  // namespace driver_override

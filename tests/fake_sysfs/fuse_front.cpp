// SPDX-License-Identifier: LGPL-2.1-or-later
// FUSE requests in, calls of the model out. The only file that includes libfuse.
#include "tests/fake_sysfs/fuse_front.hpp"

#define FUSE_USE_VERSION 35
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/fake_sysfs/inode_table.hpp"

namespace fake_sysfs {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t page_size = 4096;
constexpr milliseconds hung_poll_interval{10};

mode_t file_type(NodeKind kind) {
  if (kind == NodeKind::folder) return S_IFDIR;
  return kind == NodeKind::link ? S_IFLNK : S_IFREG;
}

struct stat stat_of(const Node& node) {
  struct stat status {};
  status.st_ino = node.inode;
  status.st_mode = file_type(node.kind) | node.mode;
  status.st_nlink = node.kind == NodeKind::folder ? 2 : 1;
  status.st_uid = getuid();
  status.st_gid = getgid();
  if (node.kind == NodeKind::file) status.st_size = page_size;
  if (node.kind == NodeKind::link) status.st_size = static_cast<off_t>(node.text.size());
  return status;
}

std::string join(const std::string& folder, std::string_view name) {
  std::string path = folder == "/" ? folder : folder + "/";
  return path.append(name);
}

Access access_of(int flags) {
  if ((flags & O_ACCMODE) == O_RDONLY) return Access::read;
  return (flags & O_ACCMODE) == O_WRONLY ? Access::write : Access::read_and_write;
}

/// True if the thread has a fatal signal pending, which the kernel turns into SIGKILL, or has
/// gone. Any other signal must not end what hangs: in the kernel the wait is not interruptible.
bool is_killed(pid_t thread) {
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  constexpr std::string_view key = "SigPnd:";
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(key)) continue;
    const auto pending = std::strtoull(line.c_str() + key.size(), nullptr, 16);
    return ((pending >> (SIGKILL - 1U)) & 1U) != 0;
  }
  return true;
}

/// The requests of one mount. Each function answers its request, at once or later.
class Front {
 public:
  explicit Front(SysfsModel& model) : model_(model) {}

  void lookup(fuse_req_t request, fuse_ino_t parent, const char* name);
  void forget(fuse_ino_t number, std::uint64_t lookups) { inodes_.forget(number, lookups); }
  void get_attributes(fuse_req_t request, fuse_ino_t number);
  void read_link(fuse_req_t request, fuse_ino_t number);
  void open(fuse_req_t request, fuse_ino_t number, fuse_file_info info);
  void create(fuse_req_t request, fuse_ino_t parent, const char* name);
  void read(fuse_req_t request, std::size_t size, std::size_t offset, std::uint64_t handle);
  void write(fuse_req_t request, std::string_view data, std::uint64_t handle);
  void release(fuse_req_t request, std::uint64_t handle);
  void open_folder(fuse_req_t request, fuse_ino_t number, fuse_file_info info);
  void read_folder(fuse_req_t request, std::size_t size, std::size_t offset, std::uint64_t handle);

  /// When the loop must wake up though no request comes; -1: never. For poll(2).
  [[nodiscard]] int wake_after() const;
  void end_killed();
  void end_all();

 private:
  struct OpenHandle {
    OpenFile file;
    std::string content;             ///< of a file, as it was when it was read from its start
    std::vector<std::string> names;  ///< of a folder, likewise
  };
  struct HungRequest {
    fuse_req_t request;
    pid_t caller;
  };

  const Node* resolve(fuse_ino_t number);
  std::string path_of(fuse_ino_t number) const;
  bool is_answered(fuse_req_t request, const Outcome& outcome);
  void reply_open(fuse_req_t request, fuse_file_info& info, OpenHandle handle);

  SysfsModel& model_;
  InodeTable inodes_;
  std::map<std::uint64_t, OpenHandle> handles_;
  std::uint64_t next_handle_ = 1;
  std::vector<HungRequest> hung_;
};

std::string Front::path_of(fuse_ino_t number) const {
  if (number == InodeTable::root) return "/";
  const KnownNode* known = inodes_.find(number);
  return known == nullptr ? std::string() : known->path;
}

/// The node, if it is still the one that the kernel looked up.
const Node* Front::resolve(fuse_ino_t number) {
  const Node* node = model_.find(path_of(number));
  if (node == nullptr || number == InodeTable::root) return node;
  return node->inode == inodes_.find(number)->inode ? node : nullptr;
}

/// Answers a request that failed, puts aside one that hangs; false if it is still to be
/// answered.
bool Front::is_answered(fuse_req_t request, const Outcome& outcome) {
  if (outcome.hangs) {
    hung_.push_back({request, fuse_req_ctx(request)->pid});
    return true;
  }
  if (outcome.error != 0) fuse_reply_err(request, outcome.error);
  return outcome.error != 0;
}

void Front::lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const std::string path = join(path_of(parent), name);
  const Node* node = resolve(parent) == nullptr ? nullptr : model_.find(path);
  if (is_answered(request, {.error = node == nullptr ? ENOENT : 0})) return;
  fuse_entry_param entry{};
  entry.ino = inodes_.look_up(path, *node);
  entry.attr = stat_of(*node);
  if (fuse_reply_entry(request, &entry) == -ENOENT) inodes_.forget(entry.ino, 1);
}

void Front::get_attributes(fuse_req_t request, fuse_ino_t number) {
  const Node* node = resolve(number);
  if (is_answered(request, {.error = node == nullptr ? ENOENT : 0})) return;
  const struct stat status = stat_of(*node);
  fuse_reply_attr(request, &status, 0);
}

void Front::read_link(fuse_req_t request, fuse_ino_t number) {
  if (is_answered(request, {.error = resolve(number) == nullptr ? ENOENT : 0})) return;
  const TextReply reply = model_.read_link(path_of(number));
  if (!is_answered(request, reply.outcome)) fuse_reply_readlink(request, reply.text.c_str());
}

void Front::open(fuse_req_t request, fuse_ino_t number, fuse_file_info info) {
  if (is_answered(request, {.error = resolve(number) == nullptr ? ENOENT : 0})) return;
  OpenReply reply = model_.open(path_of(number), access_of(info.flags));
  if (is_answered(request, reply.outcome)) return;
  info.direct_io = 1;
  reply_open(request, info, {std::move(reply.file), {}, {}});
}

void Front::reply_open(fuse_req_t request, fuse_file_info& info, OpenHandle handle) {
  info.fh = next_handle_++;
  handles_.emplace(info.fh, std::move(handle));
  if (fuse_reply_open(request, &info) == -ENOENT) handles_.erase(info.fh);
}

void Front::create(fuse_req_t request, fuse_ino_t parent, const char* name) {
  is_answered(request, model_.create(join(path_of(parent), name)));
}

/// As kernfs does it, a read from the start makes the content again and any other goes on in it; so
/// only the first of the reads that a program needs to see the end of a file is an access.
void Front::read(fuse_req_t request, std::size_t size, std::size_t offset, std::uint64_t handle) {
  OpenHandle& opened = handles_.at(handle);
  const Serial device = opened.file.node.device;
  if (offset == 0) {
    TextReply reply = model_.read(opened.file);
    if (is_answered(request, reply.outcome)) return;
    opened.content = std::move(reply.text);
  } else if (device != 0 && model_.core().device(device) == nullptr) {
    fuse_reply_err(request, ENODEV);
    return;
  }
  const std::string_view content = opened.content;
  const std::string_view part = content.substr(std::min(offset, content.size()), size);
  fuse_reply_buf(request, part.data(), part.size());
}

/// The kernel hands a driver one page at the most; the writer sees a short write.
void Front::write(fuse_req_t request, std::string_view data, std::uint64_t handle) {
  data = data.substr(0, page_size);
  const Outcome outcome = model_.write(handles_.at(handle).file, data);
  if (!is_answered(request, outcome)) fuse_reply_write(request, data.size());
}

void Front::release(fuse_req_t request, std::uint64_t handle) {
  handles_.erase(handle);
  fuse_reply_err(request, 0);
}

/// Opening a folder is no access yet: programs also do it to open the files in it.
void Front::open_folder(fuse_req_t request, fuse_ino_t number, fuse_file_info info) {
  const Node* node = resolve(number);
  if (is_answered(request, {.error = node == nullptr ? ENOENT : 0})) return;
  reply_open(request, info, {{path_of(number), *node}, {}, {}});
}

void Front::read_folder(fuse_req_t request, std::size_t size, std::size_t offset,
                        std::uint64_t handle) {
  OpenHandle& opened = handles_.at(handle);
  if (offset == 0) {
    const ListReply reply = model_.list(opened.file.path);
    if (is_answered(request, reply.outcome)) return;
    opened.names = {".", ".."};
    opened.names.insert(opened.names.end(), reply.names.begin(), reply.names.end());
  }
  std::string buffer(size, '\0');
  std::size_t used = 0;
  for (std::size_t at = offset; at < opened.names.size(); ++at) {
    const std::string& name = opened.names[at];
    const Node* node = model_.find(join(opened.file.path, name));
    const struct stat status = stat_of(node == nullptr ? opened.file.node : *node);
    const std::size_t needed = fuse_add_direntry(request, buffer.data() + used, size - used,
                                                 name.c_str(), &status, static_cast<off_t>(at + 1));
    if (needed > size - used) break;
    used += needed;
  }
  fuse_reply_buf(request, buffer.data(), used);
}

int Front::wake_after() const {
  std::optional<milliseconds> wait;
  if (!hung_.empty()) wait = hung_poll_interval;
  if (const auto due = model_.next_due()) {
    const auto left = std::chrono::ceil<milliseconds>(*due - std::chrono::steady_clock::now());
    const milliseconds late = std::max(left, milliseconds(0));
    wait = std::min(wait.value_or(late), late);
  }
  return wait ? static_cast<int>(wait->count()) : -1;
}

void Front::end_killed() {
  std::erase_if(hung_, [](const HungRequest& hung) {
    if (!is_killed(hung.caller)) return false;
    fuse_reply_err(hung.request, EINTR);
    return true;
  });
}

void Front::end_all() {
  for (const HungRequest& hung : hung_) fuse_reply_err(hung.request, EINTR);
  hung_.clear();
}

Front& front_of(fuse_req_t request) {
  return *static_cast<Front*>(fuse_req_userdata(request));
}

void set_file_operations(fuse_lowlevel_ops& operations) {
  operations.open = [](fuse_req_t request, fuse_ino_t number, fuse_file_info* info) {
    front_of(request).open(request, number, *info);
  };
  operations.create = [](fuse_req_t request, fuse_ino_t parent, const char* name, mode_t,
                         fuse_file_info*) { front_of(request).create(request, parent, name); };
  operations.read = [](fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset,
                       fuse_file_info* info) {
    front_of(request).read(request, size, static_cast<std::size_t>(offset), info->fh);
  };
  operations.write = [](fuse_req_t request, fuse_ino_t, const char* data, std::size_t size, off_t,
                        fuse_file_info* info) {
    front_of(request).write(request, {data, size}, info->fh);
  };
  operations.release = [](fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
    front_of(request).release(request, info->fh);
  };
}

void set_folder_operations(fuse_lowlevel_ops& operations) {
  operations.opendir = [](fuse_req_t request, fuse_ino_t number, fuse_file_info* info) {
    front_of(request).open_folder(request, number, *info);
  };
  operations.readdir = [](fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset,
                          fuse_file_info* info) {
    front_of(request).read_folder(request, size, static_cast<std::size_t>(offset), info->fh);
  };
  operations.releasedir = [](fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
    front_of(request).release(request, info->fh);
  };
}

/// A change of attributes is accepted and ignored: truncation is one.
void set_node_operations(fuse_lowlevel_ops& operations) {
  operations.lookup = [](fuse_req_t request, fuse_ino_t parent, const char* name) {
    front_of(request).lookup(request, parent, name);
  };
  operations.forget = [](fuse_req_t request, fuse_ino_t number, std::uint64_t lookups) {
    front_of(request).forget(number, lookups);
    fuse_reply_none(request);
  };
  operations.getattr = [](fuse_req_t request, fuse_ino_t number, fuse_file_info*) {
    front_of(request).get_attributes(request, number);
  };
  operations.setattr = [](fuse_req_t request, fuse_ino_t number, struct stat*, int,
                          fuse_file_info*) { front_of(request).get_attributes(request, number); };
  operations.readlink = [](fuse_req_t request, fuse_ino_t number) {
    front_of(request).read_link(request, number);
  };
}

fuse_lowlevel_ops all_operations() {
  fuse_lowlevel_ops operations{};
  set_node_operations(operations);
  set_file_operations(operations);
  set_folder_operations(operations);
  return operations;
}

/// SIGTERM, SIGINT and SIGHUP as a file descriptor that becomes readable.
class EndSignals {
 public:
  EndSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC);
  }
  ~EndSignals() { close(descriptor_); }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// A libfuse session, mounted from mount() to its end.
class Session {
 public:
  explicit Session(Front& front) : operations_(all_operations()) {
    std::string program = "fake-sysfs";
    std::string flag = "-o";
    std::string options = "fsname=fake-sysfs,subtype=fake-sysfs";
    std::array<char*, 3> words{program.data(), flag.data(), options.data()};
    fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(words.size()), words.data());
    session_ = fuse_session_new(&arguments, &operations_, sizeof operations_, &front);
    fuse_opt_free_args(&arguments);
  }
  ~Session() {
    if (is_mounted_) fuse_session_unmount(session_);
    if (session_ != nullptr) fuse_session_destroy(session_);
    std::free(buffer_.mem);  // libfuse allocates it with malloc
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool mount(const std::string& mount_point) {
    is_mounted_ = session_ != nullptr && fuse_session_mount(session_, mount_point.c_str()) == 0;
    if (!is_mounted_) return false;
    return fcntl(descriptor(), F_SETFL, O_NONBLOCK) == 0;
  }

  [[nodiscard]] int descriptor() const { return fuse_session_fd(session_); }
  [[nodiscard]] bool has_ended() const { return fuse_session_exited(session_) != 0; }

  void serve_one() {
    const int size = fuse_session_receive_buf(session_, &buffer_);
    if (size > 0) fuse_session_process_buf(session_, &buffer_);
  }

 private:
  fuse_lowlevel_ops operations_;
  fuse_session* session_ = nullptr;
  fuse_buf buffer_{};
  bool is_mounted_ = false;
};

}  // namespace

bool serve(SysfsModel& model, const std::string& mount_point, bool hangs_are_killable) {
  const EndSignals signals;
  Front front(model);
  Session session(front);
  if (!session.mount(mount_point)) return false;
  std::array<pollfd, 2> sources{pollfd{session.descriptor(), POLLIN, 0},
                                pollfd{signals.descriptor(), POLLIN, 0}};
  while (!session.has_ended()) {
    const int ready = poll(sources.data(), sources.size(), front.wake_after());
    if (ready > 0 && sources[1].revents != 0) break;
    model.advance(std::chrono::steady_clock::now());
    if (ready > 0) session.serve_one();
    if (model.take_end_of_hangs()) front.end_all();
    if (hangs_are_killable) front.end_killed();
  }
  front.end_all();
  return true;
}

}  // namespace fake_sysfs

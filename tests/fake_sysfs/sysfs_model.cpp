// SPDX-License-Identifier: LGPL-2.1-or-later
// What each access to the fake /sys does. The order within one access is: the fault strikes, the
// access happens, its line is logged, then what it changed.
#include "tests/fake_sysfs/sysfs_model.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <stdexcept>

#include "tests/fake_sysfs/notation.hpp"

namespace fake_sysfs {
namespace {

constexpr unsigned readable = 0444;
constexpr unsigned writable = 0222;

std::string_view access_name(Access access) {
  if (access == Access::read) return "r";
  return access == Access::write ? "w" : "rw";
}

/// Takes the first word off a line.
std::string_view take_word(std::string_view& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

/// kobject_synth_uevent(): the first word must be one of these.
bool is_uevent_action(std::string_view data) {
  constexpr std::string_view actions[] = {"add",    "remove",  "change", "move",
                                          "online", "offline", "bind",   "unbind"};
  std::string_view line = first_line(data);
  const std::string_view word = take_word(line);
  return std::find(std::begin(actions), std::end(actions), word) != std::end(actions);
}

}  // namespace

SysfsModel::SysfsModel(const Spec& spec, Log log)
    : core_(spec),
      links_(spec.links),
      faults_(spec.faults),
      readonly_(spec.readonly),
      log_(std::move(log)) {}

void SysfsModel::advance(TimePoint now) {
  core_.advance(now);
  record_changes();
}

const Node* SysfsModel::find(const std::string& path) {
  if (!tree_) tree_ = build_tree(core_, links_);
  const auto found = tree_->find(path);
  return found == tree_->end() ? nullptr : &found->second;
}

OpenReply SysfsModel::open(const std::string& path, Access access) {
  OpenReply reply;
  std::optional<Outcome> fault;
  if (const Node* node = find(path)) fault = strike(Operation::open, path, *node);
  const Node* node = find(path);
  reply.outcome = fault ? *fault : check_open(node, access);
  if (reply.outcome == Outcome{}) reply.file = {path, *node};
  const bool is_control = node != nullptr && node->attribute == Attribute::control;
  if (!is_control) {
    record("open " + escape(path) + " " + std::string(access_name(access)), reply.outcome);
  }
  return reply;
}

/// kernfs_fop_open() looks at the file's mode even for root.
Outcome SysfsModel::check_open(const Node* node, Access access) const {
  if (node == nullptr) return {.error = ENOENT};
  const bool writes = access != Access::read;
  const bool reads = access != Access::write;
  if (readonly_ && writes && node->attribute != Attribute::control) return {.error = EROFS};
  if (writes && (node->mode & writable) == 0) return {.error = EACCES};
  if (reads && (node->mode & readable) == 0) return {.error = EACCES};
  return {};
}

Outcome SysfsModel::create(const std::string& path) {
  const Outcome outcome{.error = readonly_ ? EROFS : EACCES};
  record("open " + escape(path) + " w", outcome);
  return outcome;
}

TextReply SysfsModel::read(const OpenFile& file) {
  const std::optional<Outcome> fault = strike(Operation::read, file.path, file.node);
  TextReply reply = fault ? TextReply{*fault, {}} : show(file.node);
  record("read " + escape(file.path), reply.outcome);
  return reply;
}

Outcome SysfsModel::write(const OpenFile& file, std::string_view data) {
  const std::optional<Outcome> fault = strike(Operation::write, file.path, file.node, data);
  if (file.node.attribute == Attribute::control) {
    const Outcome outcome = fault ? *fault : control(first_line(data));
    record_control(first_line(data), outcome);
    return outcome;
  }
  const Outcome outcome = fault ? *fault : store(file.node, data);
  record("write " + escape(file.path) + " " + escape(data), outcome);
  return outcome;
}

TextReply SysfsModel::read_link(const std::string& path) {
  std::optional<Outcome> fault;
  if (const Node* node = find(path)) fault = strike(Operation::readlink, path, *node);
  const Node* node = find(path);
  TextReply reply;
  if (fault) {
    reply.outcome = *fault;
  } else if (node == nullptr) {
    reply.outcome.error = ENOENT;
  } else {
    reply.text = node->text;
  }
  record("readlink " + escape(path), reply.outcome);
  return reply;
}

/// The names come in the reverse order of their bytes: a real sysfs does not sort them either.
ListReply SysfsModel::list(const std::string& path) {
  std::optional<Outcome> fault;
  if (const Node* node = find(path)) fault = strike(Operation::list, path, *node);
  const Node* node = find(path);
  ListReply reply;
  if (fault) {
    reply.outcome = *fault;
  } else if (node == nullptr) {
    reply.outcome.error = ENOENT;
  } else {
    reply.names = node->children;
    std::sort(reply.names.rbegin(), reply.names.rend());
  }
  record("list " + escape(path), reply.outcome);
  return reply;
}

/// The outcome that a fault forces on an access; none if the access goes its way.
std::optional<Outcome> SysfsModel::strike(Operation operation, const std::string& path,
                                          const Node& node, std::string_view data) {
  const auto fault = std::find_if(faults_.begin(), faults_.end(), [&](const FaultSpec& each) {
    return each.operation == operation && each.times != 0U &&
           fnmatch(each.glob.c_str(), path.c_str(), 0) == 0;
  });
  if (fault == faults_.end()) return std::nullopt;
  if (fault->times) --*fault->times;
  switch (fault->kind) {
    case FaultKind::error:
      return Outcome{.error = fault->error};
    case FaultKind::hang:
      return Outcome{.hangs = true};
    case FaultKind::vanish:
      vanish(node, data);
      return std::nullopt;
  }
  return std::nullopt;
}

/// The device whose file it is goes away; for a file of a bus or driver, the one that is written.
void SysfsModel::vanish(const Node& node, std::string_view data) {
  Serial serial = node.device;
  if (serial == 0) {
    const Device* named = core_.find(node.bus, data);
    if (named != nullptr) serial = named->serial;
  }
  core_.vanish(serial);
  record_changes();
}

TextReply SysfsModel::show(const Node& node) const {
  const Device* device = core_.device(node.device);
  if (node.device != 0 && device == nullptr) return {{.error = ENODEV}, {}};
  switch (node.attribute) {
    case Attribute::fixed:
      return {{}, node.text};
    case Attribute::driver_override: {
      if (device->is_locked) return {{.hangs = true}, {}};
      const bool is_empty = core_.buses().at(node.bus).spec.unset_is_empty;
      return {{}, device->override_name.value_or(is_empty ? "" : "(null)") + "\n"};
    }
    case Attribute::uevent:
      if (device->is_locked) return {{.hangs = true}, {}};
      return {{}, uevent_text(*device)};
    case Attribute::drivers_autoprobe:
      return {{}, core_.buses().at(node.bus).autoprobe ? "1\n" : "0\n"};
    default:
      return {{.error = EIO}, {}};
  }
}

Outcome SysfsModel::store(const Node& node, std::string_view data) {
  if (node.device != 0 && core_.device(node.device) == nullptr) return {.error = ENODEV};
  switch (node.attribute) {
    case Attribute::driver_override:
      return core_.set_override(node.device, data);
    case Attribute::drivers_probe:
      return core_.probe(node.bus, data);
    case Attribute::bind:
      return core_.bind(node.bus, node.driver, data);
    case Attribute::unbind:
      return core_.unbind(node.bus, node.driver, data);
    case Attribute::drivers_autoprobe:
      core_.set_autoprobe(node.bus, !data.starts_with('0'));
      return {};
    case Attribute::uevent:
    case Attribute::uevent_trigger:
      return {.error = is_uevent_action(data) ? 0 : EINVAL};
    case Attribute::remove:
    case Attribute::rescan:
      return store_number(node, data);
    default:
      return {.error = EIO};
  }
}

/// `remove` and `rescan` take a number, and do nothing for 0 (kstrtoul()).
Outcome SysfsModel::store_number(const Node& node, std::string_view data) {
  const std::string_view line = first_line(data);
  unsigned long number = 0;
  const auto result = std::from_chars(line.data(), line.data() + line.size(), number);
  const bool is_number = result.ec == std::errc() && result.ptr == line.data() + line.size();
  if (!is_number) return {.error = EINVAL};
  if (number == 0) return {};
  return node.attribute == Attribute::remove ? core_.remove(node.device) : core_.rescan();
}

/// Commands: load, add, remove and end-hangs.
/// `load MODULE` takes the name as it is; `add` and `remove` take words with %XX.
Outcome SysfsModel::control(std::string_view command) {
  const std::string_view verb = take_word(command);
  try {
    if (verb == "load") return core_.load(command);
    if (verb == "add") return core_.add(parse_device(command));
    if (verb == "remove") return remove_device(command);
    if (verb == "end-hangs") return end_hangs();
  } catch (const std::invalid_argument&) {
    return {.error = EINVAL};
  }
  return {.error = EINVAL};
}

Outcome SysfsModel::end_hangs() {
  std::erase_if(faults_, [](const FaultSpec& fault) { return fault.kind == FaultKind::hang; });
  core_.end_hangs();
  hangs_ended_ = true;
  return {};
}

Outcome SysfsModel::remove_device(std::string_view words) {
  const std::string bus = unescape(take_word(words));
  const Device* device = core_.find(bus, unescape(words));
  if (device == nullptr) return {.error = ENODEV};
  core_.vanish(device->serial);
  return {};
}

void SysfsModel::record(const std::string& line, const Outcome& outcome) {
  std::string result;
  if (outcome.hangs) {
    result = " = HANG";
  } else if (outcome.error != 0) {
    result = " = " + errno_name(outcome.error);
  }
  log_(line + result);
  record_changes();
}

/// An `add` or `remove` that succeeded is logged as the change that it made.
void SysfsModel::record_control(std::string_view command, const Outcome& outcome) {
  std::string_view rest = command;
  if (take_word(rest) == "load") {
    record("load " + escape(rest), outcome);
  } else if (outcome == Outcome{}) {
    record_changes();
  } else {
    record(std::string(command), outcome);
  }
}

/// A bound device changes two links, and the rest of the tree is kept: to build it anew for each of
/// hundreds of devices takes too long.
void SysfsModel::record_changes() {
  const Changes changes = core_.take_changes();
  for (const std::string& line : changes.lines) log_(line);
  if (changes.layout) tree_.reset();
  if (!tree_) return;
  for (const Serial serial : changes.relinked) relink_driver(*tree_, *core_.device(serial));
}

}  // namespace fake_sysfs

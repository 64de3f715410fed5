// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/claims.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "hook/fields.hpp"
#include "hook/sysfs.hpp"
#include "parser/name.hpp"

namespace driver_override {
namespace {

constexpr const char* path = "run/driver-override/devices";
constexpr const char* stray_bus = "?";
constexpr const char* lock_folder = "run/driver-override";
constexpr const char* lock_file = "run/driver-override/lock";

constexpr std::array<std::string_view, 7> state_names = {
    "pending", "done", "waiting", "left-alone", "failed", "unfinished", "cleared"};

std::string path_of_claim(const std::string& name) {
  return std::string(path) + "/" + name;
}

/// What stays as it is when the claim is completed.
std::string claim_head(const Claim& claim) {
  std::string text;
  text.reserve(256);
  append_field(text, "bus", claim.device.bus);
  append_field(text, "device", claim.device.name);
  append_field(text, "inode", std::to_string(claim.inode));
  append_field(text, "driver", claim.driver);
  append_field(text, "rule", claim.rule);
  append_field(text, "late", claim.late ? "yes" : "no");
  return text;
}

void append_claim_end(std::string& text, const Claim& claim) {
  append_field(text, "reason", claim.reason);
  append_field(text, "hangs", claim.hangs ? "yes" : "no");
  append_field(text, "state", state_names.at(static_cast<std::size_t>(claim.state)));
}

std::string claim_text(const Claim& claim) {
  std::string text = claim_head(claim);
  append_claim_end(text, claim);
  return text;
}

/// The device whose claim has that file name; on `stray_bus` if none has.
DeviceId device_of_claim(const std::string& file) {
  const std::size_t comma = std::min(file.find(','), file.size());
  const auto bus = parse_name(file.substr(0, comma), 0, "bus");
  const auto name = parse_name(file.substr(std::min(comma + 1, file.size())), 0, "device");
  DeviceId device = {stray_bus, file};
  if (std::holds_alternative<std::string>(bus) && std::holds_alternative<std::string>(name))
    device = {std::get<std::string>(bus), std::get<std::string>(name)};
  return rule_name_of_device(device) == file ? device : DeviceId{stray_bus, file};
}

bool read_claim_number(const std::string& text, std::uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc{} && result.ptr == end;
}

/// \param device  whose claim it must be
Claim parse_claim(std::string_view text, const DeviceId& device) {
  const Fields fields = read_fields(text);
  Claim claim;
  claim.device = device;
  claim.driver = value_of_field(fields, "driver");
  claim.rule = value_of_field(fields, "rule");
  claim.reason = value_of_field(fields, "reason");
  claim.late = value_of_field(fields, "late") == "yes";
  claim.hangs = value_of_field(fields, "hangs") == "yes";
  const auto* const state =
      std::find(state_names.begin(), state_names.end(), value_of_field(fields, "state"));
  const DeviceId named = {value_of_field(fields, "bus"), value_of_field(fields, "device")};
  const bool is_sound = read_claim_number(value_of_field(fields, "inode"), claim.inode) &&
                        state != state_names.end() && named == device;
  claim.state =
      is_sound ? static_cast<ClaimState>(state - state_names.begin()) : ClaimState::unreadable;
  return claim;
}

}  // namespace

bool is_stray_claim(const Claim& claim) {
  return claim.device.bus == stray_bus;
}

Descriptor Claims::lock(std::error_code& error) const {
  root_.make_directories(lock_folder, error);
  return error ? Descriptor() : root_.lock(lock_file, error);
}

void Claims::make(const Claim& claim, std::error_code& error) const {
  if (const Folder* claims = folder(error))
    claims->create(rule_name_of_device(claim.device), claim_text(claim), error);
}

void Claims::record(const Claim& claim, std::error_code& error) const {
  if (const Folder* claims = folder(error))
    claims->replace(rule_name_of_device(claim.device), claim_text(claim), error);
}

OpenClaim Claims::begin(Claim claim, std::error_code& error) const {
  std::string text = claim_head(claim);
  OpenClaim open{std::move(claim), text.size()};
  append_claim_end(text, open.claim);
  open.length = text.size();
  if (const Folder* claims = folder(error)) {
    const std::string name = rule_name_of_device(open.claim.device);
    // Mostly there is none yet, and a claim that is half written forbids the device as a whole one.
    open.file = claims->create(name, text, error);
    if (error == std::errc::file_exists) open.file = claims->replace(name, text, error);
  }
  return open;
}

void Claims::complete(const OpenClaim& open, std::error_code& error) const {
  error.clear();
  std::string end;
  append_claim_end(end, open.claim);
  const int file = open.file.number();
  const std::size_t length = open.head + end.size();
  // A line that is left behind the new end is none that anybody looks for.
  if (file >= 0 &&
      ::pwrite(file, end.data(), end.size(), static_cast<off_t>(open.head)) ==
          static_cast<ssize_t>(end.size()) &&
      (length >= open.length || ::ftruncate(file, static_cast<off_t>(length)) == 0))
    return;
  record(open.claim, error);
}

const Folder* Claims::folder(std::error_code& error) const {
  error.clear();
  if (folder_) return &*folder_;
  root_.make_directories(path, error);
  Descriptor directory;
  if (!error) directory = root_.open(path, O_PATH | O_DIRECTORY, error);
  if (error) return nullptr;
  return &folder_.emplace(std::move(directory), Lasting::until_reboot);
}

bool Claims::exist() const {
  return root_.exists(path);
}

Claim Claims::read(const std::string& name, const DeviceId& device, std::error_code& error) const {
  const std::string text = root_.read(path_of_claim(name), error);
  Claim claim = parse_claim(text, device);
  // Made, and not written: nothing has been done to the device yet.
  if (!error && text.empty() && device.bus != stray_bus && root_.is_file(path_of_claim(name)))
    claim.state = ClaimState::pending;
  return claim;
}

std::optional<Claim> Claims::find(const DeviceId& device) const {
  std::error_code error;
  Claim claim = read(rule_name_of_device(device), device, error);
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  return claim;
}

std::vector<Claim> Claims::all() const {
  std::vector<Claim> claims;
  std::error_code error;
  for (const std::string& name : root_.list(path, error)) {
    if (name[0] == '.') continue;  // half written
    claims.push_back(read(name, device_of_claim(name), error));
  }
  std::sort(claims.begin(), claims.end(),
            [](const Claim& one, const Claim& other) { return one.device < other.device; });
  return claims;
}

std::uint64_t incarnation(const Root& root, const DeviceId& device) {
  return root.inode(sysfs_device_path(device)).value_or(0);
}

std::uint64_t incarnation(const Root& root, const Device& device) {
  return root.inode(sysfs_device_path(device)).value_or(0);
}

}  // namespace driver_override

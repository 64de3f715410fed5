// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/claims.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "hook/fields.hpp"
#include "hook/sysfs.hpp"
#include "parser/name.hpp"

namespace driver_override {
namespace {

constexpr const char* folder = "run/driver-override/devices";
constexpr const char* stray_bus = "?";
constexpr const char* lock_folder = "run/driver-override";
constexpr const char* lock_file = "run/driver-override/lock";

constexpr std::array<std::string_view, 7> state_names = {
    "pending", "done", "waiting", "left-alone", "failed", "unfinished", "cleared"};

std::string path_of(const DeviceId& device) {
  return std::string(folder) + "/" + rule_name(device);
}

std::string claim_text(const Claim& claim) {
  return to_text(
      Fields{{"bus", claim.device.bus},
             {"device", claim.device.name},
             {"inode", std::to_string(claim.inode)},
             {"driver", claim.driver},
             {"rule", claim.rule},
             {"reason", claim.reason},
             {"late", claim.late ? "yes" : "no"},
             {"hangs", claim.hangs ? "yes" : "no"},
             {"state", std::string(state_names.at(static_cast<std::size_t>(claim.state)))}});
}

/// The device whose claim has that file name; on `stray_bus` if none has.
DeviceId device_of(const std::string& file) {
  const std::size_t comma = std::min(file.find(','), file.size());
  const auto bus = parse_name(file.substr(0, comma), 0, "bus");
  const auto name = parse_name(file.substr(std::min(comma + 1, file.size())), 0, "device");
  DeviceId device = {stray_bus, file};
  if (std::holds_alternative<std::string>(bus) && std::holds_alternative<std::string>(name))
    device = {std::get<std::string>(bus), std::get<std::string>(name)};
  return rule_name(device) == file ? device : DeviceId{stray_bus, file};
}

bool read_number(const std::string& text, std::uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc{} && result.ptr == end;
}

/// \param device  whose claim it must be
Claim parse_claim(std::string_view text, const DeviceId& device) {
  const Fields fields = read_fields(text);
  Claim claim;
  claim.device = device;
  claim.driver = value_of(fields, "driver");
  claim.rule = value_of(fields, "rule");
  claim.reason = value_of(fields, "reason");
  claim.late = value_of(fields, "late") == "yes";
  claim.hangs = value_of(fields, "hangs") == "yes";
  const auto* const state =
      std::find(state_names.begin(), state_names.end(), value_of(fields, "state"));
  const DeviceId named = {value_of(fields, "bus"), value_of(fields, "device")};
  const bool is_sound = read_number(value_of(fields, "inode"), claim.inode) &&
                        state != state_names.end() && named == device;
  claim.state =
      is_sound ? static_cast<ClaimState>(state - state_names.begin()) : ClaimState::unreadable;
  return claim;
}

}  // namespace

bool is_stray(const Claim& claim) {
  return claim.device.bus == stray_bus;
}

Descriptor Claims::lock(std::error_code& error) const {
  root_.make_directories(lock_folder, error);
  return error ? Descriptor() : root_.lock(lock_file, error);
}

void Claims::make(const Claim& claim, std::error_code& error) const {
  root_.make_directories(folder, error);
  if (!error) root_.create(path_of(claim.device), claim_text(claim), error);
}

void Claims::record(const Claim& claim, std::error_code& error) const {
  root_.make_directories(folder, error);
  if (!error) root_.replace(path_of(claim.device), claim_text(claim), error);
}

std::optional<Claim> Claims::find(const DeviceId& device) const {
  std::error_code error;
  const std::string text = root_.read(path_of(device), error);
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  return parse_claim(text, device);
}

std::vector<Claim> Claims::all() const {
  std::vector<Claim> claims;
  std::error_code error;
  for (const std::string& name : root_.list(folder, error)) {
    if (name[0] == '.') continue;  // half written
    const std::string text = root_.read(std::string(folder) + "/" + name, error);
    claims.push_back(parse_claim(text, device_of(name)));
  }
  std::sort(claims.begin(), claims.end(),
            [](const Claim& one, const Claim& other) { return one.device < other.device; });
  return claims;
}

std::uint64_t incarnation(const Root& root, const DeviceId& device) {
  return root.inode(device_path(device)).value_or(0);
}

}  // namespace driver_override

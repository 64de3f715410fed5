// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/claims.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "hook/fields.hpp"
#include "hook/sysfs.hpp"

namespace driver_override {
namespace {

constexpr const char* folder = "run/driver-override/devices";

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
             {"detail", claim.detail},
             {"late", claim.late ? "yes" : "no"},
             {"state", std::string(state_names.at(static_cast<std::size_t>(claim.state)))}});
}

Claim parse_claim(std::string_view text) {
  const Fields fields = read_fields(text);
  Claim claim;
  claim.device = {value_of(fields, "bus"), value_of(fields, "device")};
  claim.driver = value_of(fields, "driver");
  claim.rule = value_of(fields, "rule");
  claim.detail = value_of(fields, "detail");
  claim.late = value_of(fields, "late") == "yes";
  const std::string inode = value_of(fields, "inode");
  const bool has_inode =
      std::from_chars(inode.data(), inode.data() + inode.size(), claim.inode).ec == std::errc{};
  const auto* const state =
      std::find(state_names.begin(), state_names.end(), value_of(fields, "state"));
  const bool is_sound = has_inode && state != state_names.end() && !claim.device.bus.empty() &&
                        !claim.device.name.empty();
  claim.state =
      is_sound ? static_cast<ClaimState>(state - state_names.begin()) : ClaimState::unreadable;
  return claim;
}

}  // namespace

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
  Claim claim = parse_claim(text);
  if (claim.device != device) claim.state = ClaimState::unreadable;
  claim.device = device;
  return claim;
}

std::vector<Claim> Claims::all() const {
  std::vector<Claim> claims;
  std::error_code error;
  for (const std::string& name : root_.list(folder, error)) {
    if (name[0] == '.') continue;  // half written
    Claim claim = parse_claim(root_.read(std::string(folder) + "/" + name, error));
    if (claim.device.name.empty()) claim.device = {"?", name};
    claims.push_back(std::move(claim));
  }
  return claims;
}

std::uint64_t incarnation(const Root& root, const DeviceId& device) {
  return root.inode(device_path(device)).value_or(0);
}

}  // namespace driver_override

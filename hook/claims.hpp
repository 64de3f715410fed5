// SPDX-License-Identifier: LGPL-2.1-or-later
// What was done to which device in this boot: one file per device in /run/driver-override/devices,
// which outlives the switch to the real root. What a file holds is decided here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "hook/device.hpp"
#include "hook/folder.hpp"
#include "hook/root.hpp"

namespace driver_override {

enum class ClaimState {
  pending,     ///< about to be touched; after the run: it was interrupted
  done,        ///< the driver has it
  waiting,     ///< left to the real root
  left_alone,  ///< it has an override that is not ours
  failed,
  unfinished,  ///< a step hangs; it is not touched again
  cleared,     ///< given back by `driver-override clear`: no rule takes it again in this boot
  unreadable   ///< the file holds no claim: nobody knows, so it is not touched
};

struct Claim {
  DeviceId device;
  ClaimState state = ClaimState::pending;
  /// Of the device's folder in sysfs: a device that was removed and found again has another. 0 if
  /// it had gone, or if nobody came to write the claim.
  std::uint64_t inode = 0;
  std::string driver;  ///< what the rule wants
  std::string rule;    ///< its text
  std::string reason;  ///< as in Outcome
  bool late = false;   ///< it appeared after the early hook, or so did its rule
  bool hangs = false;  ///< as in Outcome
};

/// True if the file that was read as this claim has a name that no device's claim can have.
bool is_stray_claim(const Claim& claim);

/// A claim that was made and is to be completed.
struct OpenClaim {
  Claim claim{};           ///< its reason, its state and whether it hangs may be changed
  std::size_t head = 0;    ///< of the file: how many bytes stand in front of these
  std::size_t length = 0;  ///< of the file, in bytes
  Descriptor file{};       ///< negative if it could not be made
};

/// Why nothing could be written is what `error` says; a claim that could not be made forbids the
/// device to everybody who asks first.
class Claims {
 public:
  /// \param root  outlives the claims
  explicit Claims(const Root& root) : root_(root) {}

  /// Keeps other processes that ask for it from looking and claiming in between, until the
  /// descriptor is closed.
  [[nodiscard]] Descriptor lock(std::error_code& error) const;

  /// Makes a claim if there is none; EEXIST if there is one.
  void make(const Claim& claim, std::error_code& error) const;

  /// Makes it, or puts it in place of the one that is there.
  void record(const Claim& claim, std::error_code& error) const;

  /// record(), and the claim stays open for complete().
  OpenClaim begin(Claim claim, std::error_code& error) const;

  /// Completes a claim of this process in its place, by one write of what comes last in the file:
  /// the reason and the state. Whoever reads meanwhile finds it complete, pending or unreadable,
  /// and nobody touches the device for any of these while this process runs. A claim whose file is
  /// not open is put in place of the one that is there, as by record().
  void complete(const OpenClaim& open, std::error_code& error) const;

  /// A claim whose process was killed before it wrote the file is pending.
  [[nodiscard]] std::optional<Claim> find(const DeviceId& device) const;

  /// False if no claim has been made in this boot.
  [[nodiscard]] bool exist() const;

  /// All of them, by device; what is stray is unreadable, on the bus "?", under its file's name.
  [[nodiscard]] std::vector<Claim> all() const;

 private:
  /// The folder that holds them, made and opened once; null on an error.
  const Folder* folder(std::error_code& error) const;

  /// Reads the device's claim from the file of that name.
  [[nodiscard]] Claim read(const std::string& name, const DeviceId& device,
                           std::error_code& error) const;

  const Root& root_;
  mutable std::optional<Folder> folder_{};
};

/// The number that tells the device from a later one of its name; 0 if it has gone.
std::uint64_t incarnation(const Root& root, const DeviceId& device);

/// The same of a device that was read a moment ago.
std::uint64_t incarnation(const Root& root, const Device& device);

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbered steps that may block for ever, and what is told of them. Values alone: no process, no
// device, no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace driver_override {

struct Deadlines {
  std::chrono::milliseconds slow{5000};    ///< a step that takes longer is reported
  std::chrono::milliseconds step{10000};   ///< a step that takes longer is given up
  std::chrono::milliseconds whole{25000};  ///< after that nothing more is begun or waited for
  /// How much longer the caller stays for what was given up: udev kills what a handler of an event
  /// leaves behind (systemd, src/udev/udev-manager.c).
  std::chrono::milliseconds linger{0};

  /// The deadlines of somebody who gives a step that much time.
  static Deadlines for_step(std::chrono::milliseconds step);
};

/// Called before anything that can block.
///
/// \param what    for a message: "probing"; empty if what was begun last is only tried again: its
///                time counts on
/// \param driver  whose code may block; empty if that is not known
using Announce = std::function<void(const std::string& what, const std::string& driver)>;

/// Why a step was not done, or not to its end.
struct GivenUp {
  enum class Kind {
    hangs,      ///< it did not end in time: it may end later, or never
    died,       ///< its process ended in the midst of it
    not_begun,  ///< no process could be started, or no time was left
  };
  Kind kind = Kind::not_begun;
  std::string what{};    ///< what was begun last; empty if nothing was
  std::string driver{};  ///< as Announce was told
  std::string reason{};  ///< "did not end within 10 s", say
};

/// Steps, done in their order. Memory that `run` changes is its process's own copy: what others are
/// to know goes through `ended`.
struct Steps {
  std::size_t count = 0;
  /// In the process of the steps. Returns what the caller must learn; none if there was nothing to
  /// do. Of a long text the end may be cut.
  std::function<std::optional<std::string>(std::size_t step, const Announce&)> run;
  /// In the caller's process, some time after the step has ended, and in order.
  std::function<void(std::size_t step, std::string_view learnt)> ended;
  std::function<void(std::size_t step, const std::string& what)> slow = [](auto&&...) {};
  std::function<void(std::size_t step, const GivenUp&)> gave_up = [](auto&&...) {};
  /// True for a step that hung when it was tried before: it gets a tenth of the time. May be empty.
  std::function<bool(std::size_t step)> hung_before{};
};

/// "10 s", "7.5 s".
std::string to_text(std::chrono::milliseconds duration);

}  // namespace driver_override

// SPDX-License-Identifier: LGPL-2.1-or-later
// What a child process tells its parent, in memory that both share: a step costs no system call,
// and wakes nobody. Also how the parent gives the child up without a signal: the child asks before
// each thing that it begins.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace driver_override {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  /// Maps the memory, which a fork shares.
  ///
  /// \param steps  how many records there will be at most
  /// \param first  the step that comes first
  Progress(std::size_t steps, std::size_t first);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// False if there is no memory; errno says why. Then nothing else may be called.
  [[nodiscard]] bool is_mapped() const { return page_ != nullptr; }

  // ---- the child's side ----

  /// Says what is begun in a step. False if the parent has given the child up: then it must end
  /// without doing anything more. Texts are cut at 255 bytes.
  bool begin(std::size_t step, std::string_view what, std::string_view driver);

  /// Says that what was begun last is tried again: its time counts on. False as begin().
  bool go_on();

  /// Records what a step has come to. False as begin().
  bool record(std::size_t step, std::string_view learnt);

  /// Says that there is nothing more to do.
  void finish();

  // ---- the parent's side ----

  struct Moment {
    std::uint64_t turn = 0;  ///< grows with each beginning
    std::size_t step = 0;    ///< that has begun something last, or that comes next
    Clock::time_point since{};
    std::string what{};  ///< empty if nothing is under way
    std::string driver{};
  };
  [[nodiscard]] Moment now() const;

  [[nodiscard]] bool is_finished() const;

  /// Calls `take` with each record that is new since the last call.
  void take_records(const std::function<void(std::size_t step, std::string_view learnt)>& take);

  /// Gives the child up, unless it has begun something else than at `turn`: false then.
  bool give_up(std::uint64_t turn);

 private:
  struct Page;

  Page* page_ = nullptr;
  std::size_t size_;      ///< of the mapping, in bytes
  std::size_t steps_;     ///< records that are still to come, as the child counts them
  std::size_t read_ = 0;  ///< how far the parent has read, in bytes
};

}  // namespace driver_override

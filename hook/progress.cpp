// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/progress.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <new>

namespace driver_override {
namespace {

constexpr std::uint64_t given_up = ~std::uint64_t{0};
constexpr std::size_t room_for_texts = 1U << 20U;  ///< only what is written takes memory
constexpr std::size_t longest_text = 3072;
constexpr std::size_t shortest_text = 8;  ///< what every record has room for

struct Header {
  std::uint32_t step;
  std::uint32_t length;  ///< of the text behind it
};

/// A text of at most 255 bytes.
struct Text {
  std::uint8_t length = 0;
  std::array<char, 255> bytes{};

  void set(std::string_view text) {
    length = static_cast<std::uint8_t>(text.copy(bytes.data(), bytes.size()));
  }
  [[nodiscard]] std::string get() const { return {bytes.data(), length}; }
};

/// What a turn is about.
struct Turn {
  std::size_t step = 0;
  Progress::Clock::time_point since{};
  Text what{};
  Text driver{};
};

}  // namespace

struct Progress::Page {
  std::atomic<std::uint64_t> turn{0};
  std::array<Turn, 2> turns{};  ///< the present one and the next, by the turn's last bit
  std::atomic<bool> finished{false};
  std::atomic<std::size_t> end{0};  ///< of the records, in bytes

  [[nodiscard]] char* records() { return reinterpret_cast<char*>(this + 1); }

  /// Takes the next turn, once `fill` has made it from the present one. False if the child has been
  /// given up.
  template <typename Fill>
  bool take_turn(Fill fill) {
    std::uint64_t present = turn.load();
    if (present == given_up) return false;
    fill(turns.at((present + 1) & 1U), turns.at(present & 1U));
    return turn.compare_exchange_strong(present, present + 1);
  }
};

Progress::Progress(std::size_t steps, std::size_t first)
    : size_(sizeof(Page) + steps * (sizeof(Header) + shortest_text) + room_for_texts),
      steps_(steps) {
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
  void* const memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  page_ = new (memory) Page;
  page_->turns[0].step = first;
  page_->turns[0].since = Clock::now();
}

Progress::~Progress() {
  if (page_ != nullptr) (void)::munmap(page_, size_);
}

bool Progress::begin(std::size_t step, std::string_view what, std::string_view driver) {
  return page_->take_turn([&](Turn& next, const Turn& /*present*/) {
    next.step = step;
    next.since = Clock::now();
    next.what.set(what);
    next.driver.set(driver);
  });
}

bool Progress::go_on() {
  return page_->take_turn([](Turn& next, const Turn& present) { next = present; });
}

bool Progress::record(std::size_t step, std::string_view learnt) {
  if (page_->turn.load() == given_up) return false;
  const std::size_t at = page_->end.load();
  const std::size_t kept = --steps_ * (sizeof(Header) + shortest_text);
  const std::size_t room = size_ - sizeof(Page) - at - sizeof(Header) - kept;
  learnt = learnt.substr(0, std::min(room, longest_text));
  const Header header{static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(learnt.size())};
  std::memcpy(page_->records() + at, &header, sizeof header);
  (void)learnt.copy(page_->records() + at + sizeof header, learnt.size());
  page_->end.store(at + sizeof header + learnt.size());
  // What the step had begun has ended.
  return begin(step + 1, {}, {});
}

void Progress::finish() {
  page_->finished.store(true);
}

Progress::Moment Progress::now() const {
  while (true) {
    const std::uint64_t turn = page_->turn.load();
    const Turn copy = page_->turns.at(turn & 1U);
    // Two turns later it would have been overwritten.
    if (page_->turn.load() == turn)
      return {turn, copy.step, copy.since, copy.what.get(), copy.driver.get()};
  }
}

bool Progress::is_finished() const {
  return page_->finished.load();
}

void Progress::take_records(
    const std::function<void(std::size_t step, std::string_view learnt)>& take) {
  for (const std::size_t end = page_->end.load(); read_ < end;) {
    Header header{};
    std::memcpy(&header, page_->records() + read_, sizeof header);
    take(header.step, {page_->records() + read_ + sizeof header, header.length});
    read_ += sizeof header + header.length;
  }
}

bool Progress::give_up(std::uint64_t turn) {
  return page_->turn.compare_exchange_strong(turn, given_up);
}

}  // namespace driver_override

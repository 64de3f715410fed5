// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <exception>

#include "hook/root.hpp"

namespace driver_override {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t longest_text = 3072;  ///< with its header below PIPE_BUF: one write, whole

enum class Message : std::uint8_t { begun, ended, all_done };

struct Header {
  std::uint32_t step;
  std::uint16_t length;  ///< of the text behind the header
  Message message;
};

void send(int pipe, Message message, std::size_t step, std::string_view text) {
  text = text.substr(0, longest_text);
  const Header header{static_cast<std::uint32_t>(step), static_cast<std::uint16_t>(text.size()),
                      message};
  std::array<char, sizeof header + longest_text> bytes{};
  std::memcpy(bytes.data(), &header, sizeof header);
  text.copy(bytes.data() + sizeof header, text.size());
  (void)!::write(pipe, bytes.data(), sizeof header + text.size());
}

/// Holds nothing that anybody waits for: not the terminal, not the pipe of `$(…)`.
void detach(pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (null < 0 || ::dup2(null, number) < 0) ::close(number);
}

[[noreturn]] void be_child(const Steps& steps, std::size_t first, int pipe, pid_t parent) {
  detach(parent);
  try {
    for (std::size_t step = first; step < steps.count; ++step) {
      const auto begin = [&](const std::string& what) { send(pipe, Message::begun, step, what); };
      if (const auto learnt = steps.run(step, begin)) send(pipe, Message::ended, step, *learnt);
    }
    send(pipe, Message::all_done, steps.count, {});
  } catch (const std::exception&) {
    ::_exit(1);
  }
  ::_exit(0);
}

std::string ending(int status) {
  if (WIFSIGNALED(status))
    return "its process was ended by signal " + std::to_string(WTERMSIG(status));
  return "its process ended with status " + std::to_string(WEXITSTATUS(status));
}

/// The parent's side of one child, from fork to end.
class Child {
 public:
  Child(const Steps& steps, std::size_t first, const Deadlines& deadlines, Clock::time_point end)
      : steps_(steps), deadlines_(deadlines), end_(end), step_(first) {}

  /// False where no process could be started; errno says why.
  bool start() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    pipe_ = Descriptor(ends[0]);
    const Descriptor writing(ends[1]);
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) be_child(steps_, step_, writing.number(), parent);
    if (process_ > 0) ::setpgid(process_, process_);  // before anybody kills the group
    return process_ > 0;
  }

  /// Listens until the child has ended or is given up. \return the step to go on with
  std::size_t attend() {
    begin_timer();
    while (!all_done_) {
      const auto now = Clock::now();
      if (now >= limit_) return give_up_hanging();
      if (!told_ && now >= slow_) tell_slow();
      if (!wait_until(told_ ? limit_ : std::min(slow_, limit_))) continue;
      if (!receive()) return bury();
    }
    (void)reap();
    return steps_.count;
  }

 private:
  void begin_timer() {
    const auto now = Clock::now();
    const auto left = std::chrono::duration_cast<milliseconds>(end_ - now);
    allowed_ = std::min(deadlines_.step, std::max(left / 2, std::min(left, deadlines_.step / 10)));
    limit_ = now + allowed_;
    slow_ = now + deadlines_.slow;
    told_ = false;
  }

  void tell_slow() {
    told_ = true;
    if (!what_.empty()) steps_.slow(step_, what_);
  }

  /// True where there is something to read.
  [[nodiscard]] bool wait_until(Clock::time_point until) const {
    // Rounded up, or the last millisecond would be spent in a busy loop.
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    pollfd waiting{pipe_.number(), POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) > 0;
  }

  /// Reads what there is; false at the end of the pipe.
  bool receive() {
    std::array<char, 4096> bytes{};
    const ssize_t got = ::read(pipe_.number(), bytes.data(), bytes.size());
    if (got < 0) return errno == EINTR;
    unread_.append(bytes.data(), static_cast<std::size_t>(got));
    while (take_message()) {
    }
    return got > 0;
  }

  bool take_message() {
    Header header{};
    if (unread_.size() < sizeof header) return false;
    std::memcpy(&header, unread_.data(), sizeof header);
    if (unread_.size() < sizeof header + header.length) return false;
    const std::string text = unread_.substr(sizeof header, header.length);
    unread_.erase(0, sizeof header + header.length);
    step_ = header.step;
    what_ = header.message == Message::begun ? text : std::string();
    if (header.message == Message::ended) steps_.ended(step_++, text);
    all_done_ = header.message == Message::all_done;
    begin_timer();
    return true;
  }

  std::size_t give_up_hanging() {
    ::kill(-process_, SIGKILL);
    (void)::waitpid(process_, nullptr, WNOHANG);
    return give_up(GivenUp::Kind::hangs,
                   "did not end within " + to_text(std::max(allowed_, milliseconds(100))));
  }

  /// The child is gone without having done all; what it has started goes too.
  std::size_t bury() {
    ::kill(-process_, SIGKILL);
    const int status = reap();
    return step_ < steps_.count ? give_up(GivenUp::Kind::died, ending(status)) : steps_.count;
  }

  std::size_t give_up(GivenUp::Kind kind, std::string reason) {
    steps_.gave_up(step_, {kind, what_, std::move(reason)});
    return step_ + 1;
  }

  [[nodiscard]] int reap() const {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  const Steps& steps_;
  const Deadlines& deadlines_;
  Clock::time_point end_;  ///< of the whole
  Descriptor pipe_;
  pid_t process_ = -1;
  std::string unread_;

  std::size_t step_;  ///< the one that runs, or the next
  std::string what_;  ///< what was begun and has not ended
  bool all_done_ = false;
  milliseconds allowed_{};
  Clock::time_point limit_;
  Clock::time_point slow_;
  bool told_ = false;
};

void give_up_rest(const Steps& steps, std::size_t first, const std::string& reason) {
  for (std::size_t step = first; step < steps.count; ++step)
    steps.gave_up(step, {GivenUp::Kind::not_begun, {}, reason});
}

}  // namespace

Deadlines Deadlines::for_step(milliseconds step) {
  return {step / 2, step, step * 5 / 2};
}

void run_in_child(const Steps& steps, const Deadlines& deadlines) {
  const auto end = Clock::now() + deadlines.whole;
  for (std::size_t next = 0; next < steps.count;) {
    if (end - Clock::now() < milliseconds(1))
      return give_up_rest(steps, next, "no time was left after " + to_text(deadlines.whole));
    Child child(steps, next, deadlines, end);
    if (!child.start())
      return give_up_rest(steps, next,
                          std::string("no process could be started: ") + std::strerror(errno));
    next = child.attend();
  }
}

std::string to_text(milliseconds duration) {
  const auto tenths = duration.count() / 100;
  return std::to_string(tenths / 10) +
         (tenths % 10 == 0 ? std::string() : "." + std::to_string(tenths % 10)) + " s";
}

}  // namespace driver_override

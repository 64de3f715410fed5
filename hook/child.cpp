// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hook/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

#include "hook/descriptor.hpp"
#include "hook/last_error.hpp"
#include "hook/progress.hpp"

namespace driver_override {
namespace {

using Clock = Progress::Clock;
using std::chrono::milliseconds;

// How often the parent looks at what has been recorded while a child runs.
constexpr milliseconds look{250};

/// Holds nothing that anybody waits for, not the terminal and not the pipe of `$(…)`, and is no
/// target of what is sent to its caller's group or, at switch-root, to everybody (systemd,
/// src/core/main.c, broadcast_signal): a fatal signal would break a probe that is under way.
void detach_child() {
  ::setpgid(0, 0);
  for (const int signal : {SIGTERM, SIGHUP, SIGINT}) (void)std::signal(signal, SIG_IGN);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (null < 0 || ::dup2(null, number) < 0) ::close(number);
}

/// Asks before each thing that may block whether it is still wanted.
[[noreturn]] void be_child(const Steps& steps, std::size_t first, Progress& progress,
                           pid_t parent) {
  detach_child();
  std::size_t step = first;
  const Announce announce = [&](const std::string& what, const std::string& driver) {
    if (::getppid() != parent ||
        !(what.empty() ? progress.go_on() : progress.begin(step, what, driver)))
      ::_exit(0);
  };
  try {
    for (; step < steps.count; ++step)
      if (const auto learnt = steps.run(step, announce))
        if (!progress.record(step, *learnt)) ::_exit(0);
    progress.finish();
  } catch (const std::exception&) {
    ::_exit(1);
  }
  ::_exit(0);
}

std::string child_ending(int status) {
  if (WIFSIGNALED(status))
    return "its process was ended by signal " + std::to_string(WTERMSIG(status));
  return "its process ended with status " + std::to_string(WEXITSTATUS(status));
}

int reap_child(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// The parent's side of one child, from fork to end.
class Child {
 public:
  Child(const Steps& steps, std::size_t first, const Deadlines& deadlines, Clock::time_point end)
      : steps_(steps),
        deadlines_(deadlines),
        end_(end),
        progress_(steps.count - first, first),
        first_(first) {}

  /// False if no process could be started; errno says why.
  bool start() {
    std::array<int, 2> ends{};
    if (!progress_.is_mapped() || ::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    pipe_ = Descriptor(ends[0]);
    const Descriptor writing(ends[1]);
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) be_child(steps_, first_, progress_, parent);
    return process_ > 0;
  }

  /// Watches until the child has ended or is given up. \return the step to go on with
  std::size_t attend() {
    begin_timer(progress_.now());
    while (true) {
      const bool has_ended =
          wait_until(std::min({told_ ? limit_ : slow_, limit_, Clock::now() + look}));
      learn();
      if (has_ended) return bury();
      if (const Progress::Moment moment = progress_.now(); moment.turn != moment_.turn)
        begin_timer(moment);
      if (!told_ && Clock::now() >= slow_) tell_slow();
      if (Clock::now() >= limit_ && progress_.give_up(moment_.turn)) return give_up_hanging();
    }
  }

  /// The process, if it was given up and may still run.
  [[nodiscard]] pid_t abandoned() const { return abandoned_ ? process_ : -1; }

 private:
  void begin_timer(const Progress::Moment& moment) {
    if (moment.since != moment_.since) told_ = false;
    moment_ = moment;
    const auto left = std::chrono::duration_cast<milliseconds>(end_ - moment.since);
    const bool doubtful = steps_.hung_before && steps_.hung_before(moment.step);
    allowed_ = std::min(doubtful ? deadlines_.step / 10 : deadlines_.step,
                        std::max(left / 2, std::min(left, deadlines_.step / 10)));
    limit_ = moment.since + allowed_;
    slow_ = moment.since + deadlines_.slow;
  }

  void tell_slow() {
    told_ = true;
    if (!moment_.what.empty()) steps_.slow(moment_.step, moment_.what);
  }

  /// True if the child has ended: it holds the other end of the pipe.
  [[nodiscard]] bool wait_until(Clock::time_point until) const {
    // Rounded up, or the last millisecond would be spent in a busy loop.
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    pollfd waiting{pipe_.number(), POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) > 0;
  }

  void learn() {
    progress_.take_records(
        [&](std::size_t step, std::string_view learnt) { steps_.ended(step, learnt); });
  }

  std::size_t give_up_hanging() {
    abandoned_ = true;
    return give_up(GivenUp::Kind::hangs,
                   "did not end within " + to_text(std::max(allowed_, milliseconds(100))));
  }

  /// The child is gone, perhaps without having done all.
  std::size_t bury() {
    const int status = reap_child(process_);
    if (progress_.is_finished()) return steps_.count;
    moment_ = progress_.now();
    return give_up(GivenUp::Kind::died, child_ending(status));
  }

  std::size_t give_up(GivenUp::Kind kind, std::string reason) {
    if (moment_.step >= steps_.count) return steps_.count;
    steps_.gave_up(moment_.step, {kind, moment_.what, moment_.driver, std::move(reason)});
    return moment_.step + 1;
  }

  const Steps& steps_;
  const Deadlines& deadlines_;
  Clock::time_point end_;  ///< of the whole
  Progress progress_;
  Descriptor pipe_;
  pid_t process_ = -1;
  bool abandoned_ = false;

  std::size_t first_;
  Progress::Moment moment_;
  milliseconds allowed_{};
  Clock::time_point limit_;
  Clock::time_point slow_;
  bool told_ = false;
};

void give_up_rest(const Steps& steps, std::size_t first, const std::string& reason) {
  for (std::size_t step = first; step < steps.count; ++step)
    steps.gave_up(step, {GivenUp::Kind::not_begun, {}, {}, reason});
}

/// Runs all steps, in as many children as it takes. \return those that were abandoned
std::vector<pid_t> run_in_children(const Steps& steps, const Deadlines& deadlines) {
  std::vector<pid_t> abandoned;
  const auto end = Clock::now() + deadlines.whole;
  for (std::size_t next = 0; next < steps.count;) {
    if (end - Clock::now() < milliseconds(1)) {
      give_up_rest(steps, next, "no time was left after " + to_text(deadlines.whole));
      break;
    }
    Child child(steps, next, deadlines, end);
    if (!child.start()) {
      give_up_rest(steps, next, "no process could be started: " + last_error().message());
      break;
    }
    next = child.attend();
    if (child.abandoned() > 0) abandoned.push_back(child.abandoned());
  }
  return abandoned;
}

/// Stays until all of them have ended, but not for ever.
void linger_for_children(std::vector<pid_t> processes, milliseconds time) {
  constexpr milliseconds pause{50};
  for (const auto end = Clock::now() + time; !processes.empty() && Clock::now() < end;) {
    std::this_thread::sleep_for(pause);
    processes.erase(
        std::remove_if(processes.begin(), processes.end(),
                       [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; }),
        processes.end());
  }
}

}  // namespace

void run_in_child(const Steps& steps, const Deadlines& deadlines) {
  linger_for_children(run_in_children(steps, deadlines), deadlines.linger);
}

}  // namespace driver_override

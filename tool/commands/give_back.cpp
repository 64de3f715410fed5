// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/commands/give_back.hpp"

#include "hook/child.hpp"
#include "parser/printable.hpp"

namespace driver_override {
namespace {

/// The steps for one device. Each returns a fault, or nothing.
class GiveBackSteps {
 public:
  GiveBackSteps(const GiveBack& device, Kernel& kernel, const Announce& announce)
      : device_(device.device), given_(device.driver), kernel_(kernel), announce_(announce) {}

  std::string run() {
    std::error_code error;
    announce_("reading driver_override", {});
    const std::string present = kernel_.read_override(device_, error);
    if (error) return fault("reading driver_override", error);
    if (!present.empty()) {
      announce_("clearing driver_override", {});
      kernel_.write_override(device_, {}, error);
      if (error) return fault("clearing driver_override", error);
    }
    const std::optional<std::string> current = kernel_.driver_of(device_);
    if (current && *current != present && *current != given_) return {};
    if (current) {
      const std::string step = "unbinding it from " + in_quotes(*current);
      announce_(step, *current);
      kernel_.unbind(device_, *current, error);
      if (error) return fault(step, error);
    }
    return find_driver();
  }

 private:
  std::string find_driver() {
    if (std::string wrong = probe(); !wrong.empty() || kernel_.driver_of(device_)) return wrong;
    const std::string modalias = kernel_.modalias(device_);
    if (modalias.empty()) return {};
    std::error_code error;
    announce_("loading the modules that know the device", {});
    // That there is none is no fault: the device had no driver before either.
    (void)kernel_.load_modules({modalias}, error);
    return kernel_.driver_of(device_) ? std::string() : probe();
  }

  std::string probe() {
    std::error_code error;
    announce_("probing", {});
    kernel_.probe(device_, error);
    return error ? fault("probing", error) : std::string();
  }

  [[nodiscard]] std::string fault(const std::string& step, const std::error_code& error) const {
    if (!kernel_.device_exists(device_)) return step + ": the device has gone";
    if (error == std::errc::no_such_file_or_directory)
      return step + ": the kernel does not offer that for this device";
    return step + ": " + error.message();
  }

  const DeviceId& device_;
  const std::string& given_;
  Kernel& kernel_;
  const Announce& announce_;
};

}  // namespace

void give_back(const std::vector<GiveBack>& devices, Kernel& kernel, const Deadlines& deadlines,
               const std::function<void(const GivenBack&)>& told) {
  Steps steps;
  steps.count = devices.size();
  steps.run = [&](std::size_t step, const Announce& announce) -> std::optional<std::string> {
    return GiveBackSteps(devices[step], kernel, announce).run();
  };
  steps.ended = [&](std::size_t step, std::string_view fault) {
    const DeviceId& device = devices[step].device;
    told({device, fault.empty(), kernel.driver_of(device), std::string(fault)});
  };
  steps.gave_up = [&](std::size_t step, const GivenUp& why) {
    told({devices[step].device, false, std::nullopt,
          why.what.empty() ? why.reason : why.what + " " + why.reason});
  };
  run_in_child(steps, deadlines);
}

}  // namespace driver_override

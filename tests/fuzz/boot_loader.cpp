// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as a command line: what `check` warns of points into the line.
#include "tool/advice/boot_loader.hpp"

#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driver_override;
  const std::string line = Input(data, size).rest();
  const Configuration configuration = parse_configuration_sources({{"command line", line}});
  for (const bool has_booted : {false, true})
    for (const Message& message : advise_on_boot_loader(configuration, {"x86_64", has_booted})) {
      require(message.severity != Severity::error, "advice is no error", message.text);
      if (!message.place) continue;
      const Span& span = message.place->span;
      require(span.offset + span.length <= line.size(), "a warning points into the line",
              message.text);
      (void)render(configuration, message, 80);
    }
  return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <set>

#include "tool/boot_loader.hpp"
#include "tool/commands.hpp"
#include "tool/peers.hpp"

namespace driver_override {
namespace {

constexpr const char* command_line_path = "proc/cmdline";

void print_fault(const PeerFault& fault) {
  std::fprintf(stderr, "driver-override: %s: %s: %s\n", severity_name(fault.severity).data(),
               fault.place.c_str(), fault.message.c_str());
  if (!fault.hint.empty()) std::fprintf(stderr, "  hint: %s\n", fault.hint.c_str());
}

/// The kernel's command line, or what was given in its place.
Source command_line(const Root& root, const Request& request, std::vector<PeerFault>& faults) {
  if (request.command_line) return {"command line", *request.command_line};
  std::error_code error;
  Source source{"command line", root.read(command_line_path, error)};
  if (error && error != std::errc::no_such_file_or_directory)
    faults.push_back(
        {Severity::error, std::string("/") + command_line_path, std::strerror(error.value()), ""});
  return source;
}

/// Arguments of which nothing comes are slips.
void check_argument(const Source& argument, std::vector<PeerFault>& faults) {
  const PeerClaims read = read_peer_parameters({argument});
  if (read.claims.empty() && read.faults.empty())
    faults.push_back(
        {Severity::error, "argument",
         "expected vfio-pci.ids= or pci-stub.ids= and ids, found " + in_quotes(argument.text),
         "without an argument, what this system uses is read"});
}

PeerClaims read_peers(const Invocation& invocation) {
  const Request& request = invocation.request;
  std::vector<PeerFault> faults;
  std::vector<Source> texts;
  const Root root(invocation.root);
  if (!request.arguments_only) texts.push_back(command_line(root, request, faults));
  for (const std::string& argument : request.arguments) {
    texts.push_back({"argument", argument});
    check_argument(texts.back(), faults);
  }
  PeerClaims peers =
      request.arguments_only ? read_peer_parameters(texts) : read_peer_claims(root, texts);
  peers.faults.insert(peers.faults.begin(), faults.begin(), faults.end());
  return peers;
}

}  // namespace

Exit convert(const Invocation& invocation) {
  const PeerClaims peers = read_peers(invocation);
  for (const PeerFault& fault : peers.faults) print_fault(fault);
  std::set<std::string> printed;
  for (const PeerClaim& claim : peers.claims)
    if (const std::string text = escape_for_boot_loader(to_text(claim.rule));
        printed.insert(text).second)
      std::printf("driver_override=%s\n", text.c_str());
  if (peers.claims.empty() && peers.faults.empty())
    std::fprintf(stderr,
                 "driver-override: note: no saved override of driverctl, and no ids for vfio-pci "
                 "or pci-stub\n");
  const bool failed =
      std::any_of(peers.faults.begin(), peers.faults.end(),
                  [](const PeerFault& fault) { return fault.severity == Severity::error; });
  return failed ? Exit::failed : Exit::done;
}

}  // namespace driver_override

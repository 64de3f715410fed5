// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/peer_claims.hpp"

#include "tool/advice/driverctl.hpp"
#include "tool/advice/peer_ids.hpp"
#include "tool/advice/udev_overrides.hpp"
#include "tool/advice/xen_hide.hpp"

namespace driver_override {

PeerClaims read_peer_claims(const Root& root, const std::vector<Source>& texts) {
  PeerClaims result;
  read_peer_ids(root, texts, result);
  for (const Source& text : texts) read_hidden_devices(text, result);
  // After the ids, because an override beats them.
  read_udev_overrides(root, result);
  read_driverctl(root, result);
  return result;
}

PeerClaims read_peer_claims(const std::vector<Source>& texts) {
  PeerClaims result;
  read_peer_ids(texts, result);
  for (const Source& text : texts) read_hidden_devices(text, result);
  return result;
}

}  // namespace driver_override

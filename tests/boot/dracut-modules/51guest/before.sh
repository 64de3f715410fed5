#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs just before driver-override: loads the modules named by guest.first=, and says which devices they took.

# shellcheck source=/dev/null
type getarg >/dev/null 2>&1 || . /lib/dracut-lib.sh
for _module in $(getarg guest.first= | tr , ' '); do
    # It returns when the driver has probed its devices.
    modprobe "$_module"
    for _device in /sys/module/"$_module"/drivers/*/*; do
        [ ! -e "$_device/subsystem" ] || echo "guest: $_module has ${_device##*/}" >/dev/kmsg
    done
done
unset _module _device
echo "guest: before" >/dev/kmsg

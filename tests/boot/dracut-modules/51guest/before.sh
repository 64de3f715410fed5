#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs just before driver-override: loads the modules named by guest.first=, and says which devices they took.

# No function of a generator: every image has this script. The list is the guest's own, before the case's command line.
for _module in $(sed -n 's/.*guest\.first=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' '); do
    # It returns when the driver has probed its devices.
    /sbin/modprobe "$_module"
    for _device in /sys/module/"$_module"/drivers/*/*; do
        [ ! -e "$_device/subsystem" ] || echo "guest: $_module has ${_device##*/}" >/dev/kmsg
    done
done
unset _module _device
echo "guest: before" >/dev/kmsg

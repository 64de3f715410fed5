#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# plug DEVICE…: asks the host for PCI devices, one after the other, and waits until they are there. --settle as the first
# word waits for udev, too: it must be able to run.

_settle=
if [ "$1" = --settle ]; then
    _settle=yes
    shift
fi
for _device; do
    echo "guest: plug $_device" >/dev/kmsg
    _left=300
    until [ -e "/sys/bus/pci/devices/$_device" ] || [ "$_left" = 0 ]; do
        _left=$((_left - 1))
        sleep 0.1
    done
done
[ -z "$_settle" ] || udevadm settle --timeout=30
for _device; do
    _driver=$(readlink "/sys/bus/pci/devices/$_device/driver")
    echo "guest: $_device has ${_driver##*/}" >/dev/kmsg
done

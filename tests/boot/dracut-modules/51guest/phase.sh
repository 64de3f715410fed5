#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# phase.sh NUMBER: has the devices of guest.plugNUMBER= plugged. Only in the second phase does udev run.

# shellcheck disable=SC2046 # a list
set -- "$1" $(sed -n "s/.*guest\.plug$1=\([^ ]*\).*/\1/p" /proc/cmdline | tr , ' ')
[ $# -gt 1 ] || exit 0
_phase=$1
shift
[ "$_phase" != 2 ] || set -- --settle "$@"
exec /bin/sh /usr/lib/guest/plug.sh "$@"

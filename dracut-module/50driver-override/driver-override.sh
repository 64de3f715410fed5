#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hook "cmdline 00" for images without systemd. dracut sources it into its one shell: use return, never exit, leave no
# variable behind, POSIX sh only. It must stay before "cmdline 01", which loads rd.driver.pre= and force_drivers.

# The report is in the kernel log, which the console shows; standard error would show it twice.
driver-override apply </dev/null >/dev/null 2>&1 || :

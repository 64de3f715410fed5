#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs before udev starts.

/bin/sh /usr/lib/guest/phase.sh 1

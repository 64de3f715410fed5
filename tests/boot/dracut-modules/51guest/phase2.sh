#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs while udev does.

/bin/sh /usr/lib/guest/phase.sh 2

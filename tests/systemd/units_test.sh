#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What no unit may lose, and no boot here would miss: a container and a stuck driver are not at hand in every boot.
# Usage: units_test.sh FOLDER-OF-THE-UNITS
set -u
failures=0

# has UNIT LINE WHY
has() {
    grep -qxF -- "$2" "$units/$1" && return
    ((++failures))
    printf 'FAILED: %s lacks "%s": %s\n' "$1" "$2" "$3"
}

units=$1
has driver-override.service 'ConditionVirtualization=!container' 'a privileged container sees the devices of the host'
for unit in driver-override.service driver-override-initrd.service; do
    has "$unit" SuccessExitStatus=1 'a rule that failed is no reason to call a boot bad'
    has "$unit" KillMode=process 'what is given up must not be killed'
    has "$unit" TimeoutStartSec=60s 'the limits of the program itself add up to 40 s'
    has "$unit" TimeoutStopSec=5s 'a process that is stuck in the kernel would hold the power-off up'
    has "$unit" 'ImportCredential=driver-override.*' 'an encrypted credential is read through the unit alone'
    has "$unit" ConditionPathIsReadWrite=/sys 'nothing can be done on a read-only /sys'
done
unit=driver-override-confirm.service
has "$unit" 'ExecStart=/usr/bin/driver-override confirm --if-held' 'what did not hold in this boot is no proof'
has "$unit" 'After=local-fs.target boot-complete.target' 'a boot that is not complete is no proof'
has "$unit" DefaultDependencies=no 'what ends a boot waits for multi-user.target, which would wait for this unit'
((failures == 0)) && echo 'all lines are there'
exit $((failures != 0))

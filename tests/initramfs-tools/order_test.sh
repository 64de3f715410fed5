#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Has this machine's initramfs-tools put the boot scripts in their order, and asserts that ours runs before udev starts:
# the file ORDER is what the image's init runs. Also with a prerequisite, which would put it behind.
# Usage: order_test.sh FOLDER-OF-THE-HOOKS; exit status 77 if initramfs-tools is not here
set -u

hooks=$1
tools=/usr/share/initramfs-tools
if [[ ! -e $tools/scripts/init-top/udev ]]; then
    echo "SKIPPED: no initramfs-tools on this machine"
    exit 77
fi
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failures=0

# order SCRIPT: the names in ORDER, where SCRIPT stands beside the scripts of this machine.
order() {
    rm -rf "$scratch/image" "$scratch/conf"
    mkdir -p "$scratch/image/scripts" "$scratch/conf/scripts/init-top"
    cp "$1" "$scratch/conf/scripts/init-top/driver-override"
    cp -r "$tools/scripts/init-top" "$scratch/image/scripts/"
    cp "$1" "$scratch/image/scripts/init-top/driver-override"
    # shellcheck disable=SC2016
    CONFDIR=$scratch/conf verbose=n sh -c '. "$1/hook-functions"; cache_run_scripts "$2" /scripts/init-top' \
        sh "$tools" "$scratch/image"
    sed -n 's|^/scripts/init-top/\([^ ]*\) .*|\1|p' "$scratch/image/scripts/init-top/ORDER"
}

# line NAME: its number in the list on standard input
line() {
    grep -nxF -- "$1" | cut -d : -f 1
}

names=$(order "$hooks/init-top/driver-override")
echo "$names" | tr '\n' ' '
echo
ours=$(line driver-override <<<"$names")
udev=$(line udev <<<"$names")
if [[ -z $ours || -z $udev || $ours -ge $udev ]]; then
    ((++failures))
    echo 'FAILED: driver-override does not run before udev'
fi

sed 's/prereqs .*/prereqs ] || { echo blacklist; exit 0; }/' "$hooks/init-top/driver-override" >"$scratch/behind"
chmod +x "$scratch/behind"
names=$(order "$scratch/behind")
if [[ $(line driver-override <<<"$names") -lt $(line udev <<<"$names") ]]; then
    ((++failures))
    echo 'FAILED: a prerequisite puts it behind udev no more, so this test would not see a wrong place'
fi
((failures == 0)) && echo 'before udev'
exit $((failures != 0))

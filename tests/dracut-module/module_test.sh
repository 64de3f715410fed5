#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the functions of module-setup.sh without dracut, below a sysroot that the test fills: dracut's own functions write
# their arguments down, and the recorded calls are the contract.
# Usage: module_test.sh [FOLDER-OF-THE-MODULE]

set -u
umask 022

module=${1:-$(dirname "${BASH_SOURCE[0]}")/../../dracut-module/50driver-override}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
mkdir -p "$root"/usr/bin "$root"/{usr/lib,etc}/driver-override.d "$scratch/image"
failures=0

# program BODY: the stand-in for driver-override in the sysroot; it leaves its arguments in $scratch/called.
program() {
    printf '#!/bin/sh\necho "$*" >>"%s"\n%s\n' "$scratch/called" "$1" >"$root/usr/bin/driver-override"
    chmod +x "$root/usr/bin/driver-override"
    : >"$scratch/called"
}

# equal WHAT EXPECTED ACTUAL
equal() {
    [[ $2 == "$3" ]] && return
    ((++failures))
    printf 'FAILED: %s\n' "$1"
    diff -u --label expected --label actual <(printf '%s\n' "$2") <(printf '%s\n' "$3") | tail -n +3
}

# calls FUNCTION [INCLUDED-MODULE]: runs one of the module's functions and prints what it called.
# shellcheck disable=SC2016
calls() {
    dracutsysrootdir=$root initdir=$scratch/image moddir=/module systemdsystemunitdir=/units SYSTEMCTL="echo systemctl" \
        kernel_cmdline="built=in" included=${2-} bash -eu -c '
        for name in inst_binary inst_simple inst_dir inst_hook instmods dwarn; do
            eval "$name() { echo \"$name\${*:+ \$*}\"; }"
        done
        find_binary() { echo "/usr/bin/$1"; }
        dracut_module_included() { [[ $1 == "$included" ]]; }
        inst_dir() { mkdir -p "$initdir$1"; }
        . "$1/module-setup.sh"
        "$2"' bash "$module" "$1" 2>&1 | sed -e "s|$scratch|SCRATCH|g"
}

program 'echo nouveau; echo "a b"; echo -k'
equal 'modules of the rules' 'instmods pci-stub vfio-pci vfio-platform efivarfs
instmods -c -s nouveau
dwarn driver-override: this kernel has no module '"'a b'"', which a rule needs
dwarn driver-override: this kernel has no module '"'-k'"', which a rule needs' "$(calls installkernel)"
equal 'whose rules' "modules --root $root --cmdline-file -" "$(<"$scratch/called")"

echo x >"$root/etc/driver-override.d/10.conf"
echo x >"$root/etc/driver-override.d/note.txt"
echo x >"$root/usr/lib/driver-override.d/05.conf"
mkdir "$root/etc/mine"
echo x >"$root/etc/mine/real.conf"
ln -s ../mine/real.conf "$root/etc/driver-override.d/20.conf"
ln -s /dev/null "$root/etc/driver-override.d/30.conf"
ln -s nowhere "$root/etc/driver-override.d/40.conf"
equal 'rules in files, without systemd' 'inst_binary /usr/bin/driver-override /usr/bin/driver-override
inst_simple SCRATCH/root/usr/lib/driver-override.d/05.conf /usr/lib/driver-override.d/05.conf
inst_simple SCRATCH/root/etc/driver-override.d/10.conf /etc/driver-override.d/10.conf
inst_simple SCRATCH/root/etc/mine/real.conf /etc/driver-override.d/20.conf
inst_hook cmdline 00 /module/driver-override.sh' "$(calls install)"
equal 'a link to /dev/null' /dev/null "$(readlink "$scratch/image/etc/driver-override.d/30.conf")"
equal 'a link that leads nowhere' nowhere "$(readlink "$scratch/image/etc/driver-override.d/40.conf")"

# suspicious SYSROOT: whether 10.conf is left out of an image.
# shellcheck disable=SC2016
suspicious() {
    dracutsysrootdir=$1 bash -eu -c '. "$1/module-setup.sh"
        _driver_override_suspicious "$2" && echo yes || echo no' \
        bash "$module" "$root/etc/driver-override.d/10.conf"
}
equal 'a file that root alone can write' no "$(suspicious '')"
chmod g+w "$root/etc/driver-override.d/10.conf"
equal 'a file that others can write' yes "$(suspicious '')"
equal 'the same in a sysroot' no "$(suspicious "$root")"
chmod g-w "$root/etc/driver-override.d/10.conf"
chmod o+w "$root/etc/driver-override.d"
equal 'a file in a folder that others can write' yes "$(suspicious '')"

rm -r "$root"/{usr/lib,etc}/driver-override.d
equal 'with systemd' 'inst_binary /usr/bin/driver-override /usr/bin/driver-override
inst_simple /units/driver-override-initrd.service /units/driver-override-initrd.service
systemctl -q --root SCRATCH/image add-wants sysinit.target driver-override-initrd.service' "$(calls install systemd)"

((failures == 0)) && echo 'all cases passed'
exit $((failures != 0))

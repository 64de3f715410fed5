#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs both mkinitcpio hooks without mkinitcpio: build() against functions that write their arguments down, the runtime
# hook under each ash at hand. A case is one call of builds or boots; the recorded calls are the contract.
# Usage: hooks_test.sh [FOLDER-OF-THE-HOOKS]

set -u
umask 022

hooks=${1:-$(dirname "${BASH_SOURCE[0]}")/../../mkinitcpio}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/units"
# Found before any driver-override that this machine has installed.
PATH=$scratch/bin:$PATH
failures=0

# program BODY: the stand-in for driver-override; it leaves its arguments in $scratch/called.
program() {
    printf '#!/bin/sh\necho "$*" >>"%s"\n%s\n' "$scratch/called" "$1" >"$scratch/bin/driver-override"
    chmod +x "$scratch/bin/driver-override"
    : >"$scratch/called"
}

# equal WHAT EXPECTED ACTUAL
equal() {
    [[ $2 == "$3" ]] && return
    ((++failures))
    printf 'FAILED: %s\n' "$1"
    diff -u --label expected --label actual <(printf '%s\n' "$2") <(printf '%s\n' "$3") | tail -n +3
}

# What mkinitcpio gives to build(): its functions, as recorders. They fail as the real ones may.
# shellcheck disable=SC2317
recorders() {
    local name
    for name in add_binary add_file add_symlink add_runscript add_module; do
        eval "$name() { printf '%s\n' \"$name\${*:+ \$*}\"; return 1; }"
    done
    warning() { echo "warning: $1"; }
    in_array() {
        local item needle=$1
        shift
        for item; do [[ $item == "$needle" ]] && return 0; done
        return 1
    }
}

# builds WHAT HOOKS EXPECTED: EXPECTED is every recorded call, without those that all images share.
builds() {
    local actual shared expected status
    # The folders that build() looks at are ones that the test can fill.
    sed -e "s|=/usr/lib/systemd/system|=$scratch/units|" -e "s|/etc/driver-override.d|$scratch/rules|" \
        "$hooks/install/driver-override" >"$scratch/install"
    actual=$(
        recorders
        # As mkinitcpio sets it: the hooks of the image in their order.
        # shellcheck disable=SC2030,SC2034
        read -ra _hooks <<<"$2"
        set +u
        # shellcheck source=/dev/null
        . "$scratch/install"
        build 2>&1
    )
    status=$?
    actual=${actual//"$scratch/units"/UNITS}
    actual=${actual//"$scratch/rules"/RULES}
    actual=${actual//"$scratch"/SCRATCH}
    shared=$'add_binary /usr/bin/driver-override\nadd_runscript\n'
    shared+=$'add_module pci-stub?\nadd_module vfio-pci?\nadd_module vfio-platform?\nadd_module efivarfs?'
    expected=$(printf '%s\n' "$shared" "$3" | sed '/^$/d' | sort)
    equal "$1: the calls of build() for HOOKS=($2)" "$expected" "$(sort <<<"$actual")"
    equal "$1: the status of build()" 0 "$status"
    equal "$1: what was asked of the program" modules "$(<"$scratch/called")"
    : >"$scratch/called"
}

unit='add_file UNITS/driver-override-initrd.service
add_symlink UNITS/sysinit.target.wants/driver-override-initrd.service ../driver-override-initrd.service'
warned='warning: List driver-override before udev in HOOKS: udev may load a driver first.'

program ''
touch "$scratch/units/driver-override-initrd.service"
builds 'busybox' 'base driver-override udev autodetect modconf block' "$unit"
mkdir "$scratch/rules" "$scratch/linked"
touch "$scratch/rules/10.conf" "$scratch/rules/note.txt" "$scratch/linked/real.conf"
ln -s ../linked/real.conf "$scratch/rules/20.conf"
ln -s /dev/null "$scratch/rules/30.conf"
ln -s nowhere "$scratch/rules/40.conf"
mkdir "$scratch/rules/50.conf"
builds 'rules in files' 'base driver-override udev' "$unit
add_file RULES/10.conf RULES/10.conf
add_file SCRATCH/linked/real.conf RULES/20.conf
add_symlink RULES/30.conf /dev/null
add_symlink RULES/40.conf nowhere"
rm -r "$scratch/rules"/[2-5]0.conf
chmod g+w "$scratch/rules/10.conf"
builds 'rules that others can write' 'base driver-override udev' "$unit
warning: RULES/10.conf is left out, as others than root can write it
add_symlink RULES/10.conf others-can-write-it"
chmod g-w "$scratch/rules/10.conf"
chmod o+w "$scratch/rules"
builds 'rules in a folder that others can write' 'base driver-override udev' "$unit
warning: RULES/10.conf is left out, as others than root can write it
add_symlink RULES/10.conf others-can-write-it"
rm -r "$scratch/rules" "$scratch/linked"
builds 'busybox without udev' 'base driver-override' "$unit"
builds 'busybox, listed first' 'driver-override base udev' "$unit"
builds 'busybox, listed too late' 'base udev autodetect driver-override' "$unit"$'\n'"$warned"
builds 'systemd, listed after it' 'base systemd driver-override modconf' "$unit"
builds 'systemd, listed before it' 'base driver-override systemd modconf' "$unit"
builds 'systemd without base' 'systemd autodetect driver-override' "$unit"
builds 'systemd and udev' 'base udev systemd driver-override' "$unit"

rm "$scratch/units/driver-override-initrd.service"
builds 'a distribution without systemd' 'base driver-override udev' ''
builds 'systemd, but the unit is missing' 'base systemd driver-override' "$unit"

busybox='base driver-override udev'
program 'printf "%s\n" nouveau snd_hda_intel i2c-dev 8021q'
builds 'modules of the rules' "$busybox" 'add_module nouveau?
add_module snd_hda_intel?
add_module i2c-dev?
add_module 8021q?'

program 'printf "\n%s\n%s" "  " uio_pci_generic'
builds 'blank lines, no line feed at the end' "$busybox" 'add_module uio_pci_generic?'

program 'printf "%s\n" --help -k /tmp/evil.ko ../x "a b" "a*" "(x)" "x]" "e1000?" vfio-pci "é;" "a.b"'
builds 'odd names' "$busybox" 'add_module vfio-pci?'

program 'echo e1000; exit 1'
builds 'a program that fails half-way' "$busybox" 'add_module e1000?'

program 'exit 2'
builds 'a program that does not know the command' "$busybox" ''

program 'kill -SEGV $$'
builds 'a program that crashes' "$busybox" ''

# boots WHAT EXPECTED-CALLS: sources the runtime hook as init does, in each shell, at its strictest.
boots() {
    local shell actual
    for shell in 'busybox ash' dash; do
        if ! [[ -e $scratch/bin/${shell%% *} ]]; then
            echo "SKIPPED: $1: no ${shell%% *} on this machine"
            continue
        fi
        : >"$scratch/called"
        # init is not strict; a hook that withstands this withstands init. The shell is two words for busybox, and $1
        # is for the shell. A narrow PATH: an installed driver-override must never be run here, it would do its work.
        # shellcheck disable=SC2016,SC2086
        actual=$(PATH=$scratch/bin $shell -euc '. "$1"; run_earlyhook; echo "status $?"' init "$hooks/hooks/driver-override" 2>&1)
        equal "$1, $shell: the boot goes on" 'status 0' "$actual"
        equal "$1, $shell: what was asked of the program" "$2" "$(<"$scratch/called")"
    done
}

for shell in busybox dash; do
    path=$(type -P "$shell") && ln -s "$path" "$scratch/bin/"
done
program ''
boots 'a program that succeeds' apply
program 'exit 1'
boots 'a program that fails' apply
program 'echo noise; echo noise >&2'
boots 'a program that speaks' apply
program 'kill -SEGV $$'
boots 'a program that crashes' apply
rm "$scratch/bin/driver-override"
boots 'a program that is missing' ''

# mkinitcpio finds the runtime functions by this pattern, with awk, not by running the hook.
equal 'the hook points that mkinitcpio sees' run_earlyhook \
    "$(sed -n 's/^[[:space:]]*\(run_[[:alnum:]_]*\)[[:space:]]*([[:space:]]*).*/\1/p' "$hooks/hooks/driver-override")"

# shellcheck source=/dev/null
help=$(. "$hooks/install/driver-override" && help) || ((++failures))
[[ $help == *'HOOKS=(base driver-override udev'* ]] || equal 'help()' 'names the place in HOOKS' "$help"

((failures == 0)) && echo 'all cases passed'
exit $((failures != 0))

#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# old_kernel_test.sh PROGRAM: system calls that an old kernel or an old filter of a container does not have. What cannot
# be done without one is said, and the rest is done another way. A further call that may be missing belongs here.
set -u

program=$1
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/sys/bus/pci/devices" "$root/sys/devices/pci0000:00/0000:00:10.0" "$root/proc"
ln -s ../../../devices/pci0000:00/0000:00:10.0 "$root/sys/bus/pci/devices/0000:00:10.0"
echo '(null)' >"$root/sys/devices/pci0000:00/0000:00:10.0/driver_override"
echo 'driver_override=pci,0000:00:10.0=pci-stub' >"$root/proc/cmdline"

fail() {
    printf 'FAIL: %s\n' "$*"
    exit 1
}

# without CALL ERRNO COMMAND…: runs a command for which that system call fails. Its output is in out, err, and status.
without() {
    local call=$1 errno=$2
    shift 2
    strace -f -qq -o "$root/trace" -e "trace=$call,close" -e "inject=$call:error=$errno" \
        "$program" "$@" >"$root/out" 2>"$root/err"
    status=$?
}

if ! strace -qq -o /dev/null true 2>/dev/null; then
    echo "SKIPPED: strace is missing, or may not trace here"
    exit 77
fi

"$program" list --root "$root" | grep -q '0000:00:10.0' || fail "list does not see the device undisturbed"

# A root that cannot be looked into is no empty machine.
for errno in ENOSYS EPERM; do
    for command in list plan status apply check modules "save platform,pcspkr=none" "clear --all"; do
        # shellcheck disable=SC2086
        without openat2 "$errno" $command --root "$root"
        [ "$status" = 1 ] || fail "$command without openat2 ($errno): status $status"
        [ ! -s "$root/out" ] || fail "$command without openat2 ($errno) prints $(<"$root/out")"
        grep -q '^driver-override: error: --root needs Linux 5.6 (openat2): ' "$root/err" \
            || fail "$command without openat2 ($errno) says $(<"$root/err")"
        [ "$(grep -c . "$root/err")" = 1 ] || fail "$command without openat2 ($errno) says more: $(<"$root/err")"
    done
done

# A child that nobody can end must hold no file of the caller's.
for errno in ENOSYS EPERM; do
    without close_range "$errno" list --root "$root" 9</dev/null 27</dev/null
    [ "$status" = 0 ] || fail "list without close_range ($errno): status $status"
    for number in 9 27; do
        grep -q "close($number) *= 0" "$root/trace" || fail "descriptor $number stays open without close_range ($errno)"
    done
done
strace -f -qq -o "$root/trace" -e trace=close,openat,close_range -e inject=close_range:error=ENOSYS \
    -e inject=openat:error=ENOENT:when=1 "$program" list --root "$root" 9</dev/null >/dev/null
grep -q 'openat(AT_FDCWD, "/", .*INJECTED' "$root/trace" || fail "another call failed: $(grep INJECTED "$root/trace")"
grep -q "close(9) *= 0" "$root/trace" || fail "descriptor 9 stays open without close_range and /proc"
echo "nothing is lost without openat2 and close_range"

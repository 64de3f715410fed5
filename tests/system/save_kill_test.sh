#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# save_kill_test.sh PROGRAM: kills `save` and `forget` at each of their system calls; the drop-in is the old one or the
# new one every time, and nothing that a boot would read lies beside it. A further command that edits it belongs here.
set -u

program=$1
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
folder=$root/etc/driver-override.d
file=$folder/90-saved.conf
old=$'# mine\npci,0000:02:00.0=vfio-pci # the card\n'
runs=0

fail() {
    printf 'FAIL: %s\n' "$*"
    exit 1
}

# The drop-in as it was before.
reset() {
    rm -rf "$folder"
    mkdir -p "$folder"
    printf '%s' "$old" >"$file"
}

# killed NEW COMMAND…: kills the command once at each system call of an undisturbed run.
killed() {
    local new=$1 call number
    local -A seen=()
    shift
    reset
    strace -qq -o "$root/trace" "$program" "$@" --root "$root" >/dev/null 2>&1 || fail "$* failed undisturbed"
    [[ $(<"$file") == "$new" ]] || fail "$*: not what was expected: $(<"$file")"
    while IFS='(' read -r call _; do
        [[ $call =~ ^[a-z0-9_]+$ && $call != execve ]] || continue
        seen[$call]=$((${seen[$call]:-0} + 1))
        number=${seen[$call]}
        reset
        # The shell would tell of each kill.
        {
            strace -qq -o /dev/null -e "inject=$call:signal=SIGKILL:when=$number" "$program" "$@" --root "$root"
        } >/dev/null 2>&1
        [[ "$(<"$file")"$'\n' == "$old" || $(<"$file") == "$new" ]] || fail "$* killed at $call $number: $(<"$file")"
        [[ $(echo "$folder"/*) == "$file" ]] || fail "$* killed at $call $number: $(ls "$folder")"
        ((++runs))
    done <"$root/trace"
}

if ! strace -qq -o /dev/null true 2>/dev/null; then
    echo "SKIPPED: strace is missing, or may not trace here"
    exit 77
fi
killed $'# mine\npci,0000:02:00.0=vfio-pci # the card\nplatform,pcspkr=none' save platform,pcspkr=none
killed '# mine' forget 02:00.0
killed '# mine' forget --all
[ "$runs" -gt 60 ] || fail "only $runs system calls were seen"
printf 'whole after each of %s kills\n' "$runs"

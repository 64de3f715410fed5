#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the build hook and the boot script of initramfs-tools without it: its functions write their arguments down. The
# recorded calls and the files in the image are the contract. The boots in tests/boot run both for real.
# Usage: hooks_test.sh [FOLDER-OF-THE-HOOKS]
set -u
umask 022

hooks=${1:-$(dirname "${BASH_SOURCE[0]}")/../../initramfs-tools}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{bin,linked,root/usr/lib/driver-override.d,root/etc/driver-override.d}
failures=0
# Found before any driver-override that this machine has installed.
PATH=$scratch/bin:$PATH

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

# They fail, as the real ones may.
cat >"$scratch/hook-functions" <<'END'
copy_exec() { echo "copy_exec $*"; return 1; }
manual_add_modules() { echo "manual_add_modules $*"; return 1; }
END
sed -e "s|/usr/share/initramfs-tools|$scratch|" -e "s|in /usr/lib/|in $scratch/root/usr/lib/|" \
    -e "s| /etc/driver-override.d| $scratch/root/etc/driver-override.d|" "$hooks/hooks/driver-override" >"$scratch/hook"

# builds WHAT EXPECTED [CONFDIR]: the hook as mkinitramfs runs it. EXPECTED lacks the calls that all images share.
builds() {
    local actual shared=$'copy_exec /usr/bin/driver-override /usr/bin\nmanual_add_modules pci-stub\n'
    shared+=$'manual_add_modules vfio-pci\nmanual_add_modules vfio-platform\nmanual_add_modules efivarfs'
    [[ -z ${3-} ]] || shared=
    rm -rf "$scratch/image"
    actual=$(CONFDIR=${3:-/etc/initramfs-tools} DESTDIR=$scratch/image sh -u "$scratch/hook" 2>/dev/null)
    equal "$1: status" 0 "$?"
    equal "$1" "$(printf '%s\n' "$shared" "$2" | sed '/^$/d')" "$actual"
}

# What the image has, links with what they say.
image() {
    (cd "$scratch/image/$scratch/root" && find . \( -type f -o -type l \) -printf '%P %y %l\n' | sort)
}

program ''
builds 'no rules' ''
equal 'what was asked of the program' modules "$(<"$scratch/called")"
equal 'no rules, no folder' '' "$(find "$scratch/image" 2>/dev/null)"

program 'printf "%s\n" nouveau snd_hda_intel --help -k "a b" ../x "a*" 8021q; exit 1'
builds 'modules of the rules' 'manual_add_modules nouveau
manual_add_modules snd_hda_intel
manual_add_modules 8021q'
program 'kill -SEGV $$'
builds 'a program that crashes' ''

program ''
builds 'an image for a crash dump' '' /var/lib/kdump/initramfs-tools
equal 'what was asked for a crash dump' '' "$(<"$scratch/called")"

rules=$scratch/root/etc/driver-override.d
echo x >"$scratch/root/usr/lib/driver-override.d/05.conf"
echo x >"$rules/10.conf"
echo x >"$rules/note.txt"
echo linked >"$scratch/linked/real.conf"
ln -s ../../../linked/real.conf "$rules/20.conf"
ln -s /dev/null "$rules/30.conf"
ln -s nowhere "$rules/40.conf"
mkdir "$rules/50.conf"
echo x >"$rules/a b.conf"
builds 'rules in files' ''
equal 'rules in files, in the image' 'etc/driver-override.d/10.conf f 
etc/driver-override.d/20.conf f 
etc/driver-override.d/30.conf l /dev/null
etc/driver-override.d/40.conf l nowhere
etc/driver-override.d/a b.conf f 
usr/lib/driver-override.d/05.conf f ' "$(image)"
equal 'what a link leads to' linked "$(cat "$scratch/image/$rules/20.conf")"

rm -r "$rules"/[2-5]0.conf "$rules/a b.conf"
chmod g+w "$rules/10.conf"
builds 'rules that others can write' ''
equal 'rules that others can write, in the image' 'etc/driver-override.d/10.conf l others-can-write-it
usr/lib/driver-override.d/05.conf f ' "$(image)"
chmod g-w "$rules/10.conf"
chmod o+w "$rules"
builds 'rules in a folder that others can write' ''
equal 'rules in a folder that others can write, in the image' 'etc/driver-override.d/10.conf l others-can-write-it
usr/lib/driver-override.d/05.conf f ' "$(image)"
chmod o-w "$rules"

# boots WHAT EXPECTED-CALLS [ARGUMENT]: the boot script, at its strictest.
boots() {
    : >"$scratch/called"
    equal "$1: nothing is printed" '' "$(PATH=$scratch/bin:/bin sh -eu "$hooks/init-top/driver-override" "${@:3}" 2>&1)"
    PATH=$scratch/bin:/bin sh -eu "$hooks/init-top/driver-override" "${@:3}"
    equal "$1: status" 0 "$?"
    equal "$1: calls" "$2" "$(sort -u "$scratch/called")"
}

program 'echo noise; echo noise >&2; exit 1'
boots 'a program that fails and speaks' apply
program 'kill -SEGV $$'
boots 'a program that crashes' apply
# Both are run on the machine that builds the image, to ask what must come before them: a program there would act.
boots 'asked for its prerequisites' '' prereqs
equal 'the hook, asked for its prerequisites' '' "$(sh -eu "$hooks/hooks/driver-override" prereqs 2>&1)"
for script in hooks init-top; do
    [[ -x $hooks/$script/driver-override ]] || equal "$script/driver-override" 'may be executed' 'may not'
done

((failures == 0)) && echo 'all cases passed'
exit $((failures != 0))

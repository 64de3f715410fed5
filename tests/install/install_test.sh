#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the build into a folder with several prefixes, and takes it away again. What a package or a user finds there
# is the contract. Usage: install_test.sh CMAKE BUILD
set -u

cmake=$1
build=$2
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failures=0

# equal WHAT EXPECTED ACTUAL
equal() {
    [[ $2 == "$3" ]] && return
    ((++failures))
    printf 'FAILED: %s\n' "$1"
    diff -u --label expected --label actual <(printf '%s\n' "$2") <(printf '%s\n' "$3") | tail -n +3
}

files() {
    (cd "$1" && find . ! -type d | sed 's/^\.//' | sort)
}

# program UNIT: what the unit runs.
program() {
    sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$1"
}

DESTDIR=$scratch/usr "$cmake" --install "$build" --prefix /usr >/dev/null 2>"$scratch/said"
equal "nothing is said of /usr" '' "$(<"$scratch/said")"
units=$scratch/usr/usr/lib/systemd/system
equal "the unit's program" /usr/bin/driver-override "$(program "$units/driver-override.service")"
cmp "$units/driver-override.service" "$(dirname "$0")/../../systemd/driver-override.service" || ((++failures))
equal "the unit is wanted" ../driver-override.service \
    "$(readlink "$units/sysinit.target.wants/driver-override.service")"
installed=$(files "$scratch/usr")
for file in bin/driver-override lib/dracut/modules.d/50driver-override/{module-setup.sh,driver-override.sh} \
    lib/dracut/modules.d/50driver-override/driver-override-initrd.service lib/initcpio/{install,hooks}/driver-override \
    share/initramfs-tools/hooks/driver-override share/initramfs-tools/scripts/init-top/driver-override \
    lib/systemd/system/driver-override-initrd.service share/man/man8/driver-override.8 \
    share/man/man5/driver-override{.conf,-json}.5 share/doc/driver-override/{LICENSE,README.md,NEWS.md,docs/grammar.md}; do
    grep -qx "/usr/$file" <<<"$installed" || equal "/usr/$file" installed absent
done
equal "all of it is in the manifest" "$installed" "$(sort "$build/install_manifest.txt")"

DESTDIR=$scratch/usr "$cmake" --build "$build" --target uninstall >/dev/null
equal "all of it is gone" '' "$(files "$scratch/usr")"
equal "no folder of ours is left" '' "$(find "$scratch/usr" -type d -name '*driver-override*')"

# Installed for this system: no generator looks there.
"$cmake" --install "$build" --prefix "$scratch/local" >/dev/null 2>"$scratch/said"
equal "the unit's program in another prefix" "$scratch/local/bin/driver-override" \
    "$(program "$scratch/local/lib/systemd/system/driver-override.service")"
equal "the program in an image" /usr/bin/driver-override \
    "$(program "$scratch/local/lib/systemd/system/driver-override-initrd.service")"
grep -q 'no image gets driver-override' <(tr -s ' \n' ' ' <"$scratch/said") || equal "the warning" given none
"$cmake" --build "$build" --target uninstall >/dev/null
equal "what was installed for this system is gone" '' "$(files "$scratch/local")"

((failures == 0)) && echo 'all cases passed'
exit $((failures != 0))

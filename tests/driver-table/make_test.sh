#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make_test.sh MAKE CC: hook/driver-table/make on kernels of one small module each. What must be taken for a driver, and
# what must not, stands in driver.c.
set -eu
make=$1
compiler=$2
here=$(dirname "$0")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
    printf 'FAIL: %s\n' "$*"
    exit 1
}

# kernel VERSION MODULE…: a kernel with these modules, one of them inflated by xz.
kernel() {
    version=$1
    shift
    mkdir -p "$root/$version/lib/modules/$version/kernel" "$root/$version/boot"
    for module; do
        cp "$root/driver.o" "$root/$version/lib/modules/$version/kernel/$module.ko"
    done
    # The type information lies somewhere in a compressed stream, as in a bzImage.
    {
        printf 'a loader in front'
        gzip -c "$root/btf"
        printf 'and something behind'
    } >"$root/$version/boot/vmlinuz-$version"
}

has() {
    grep -qF "    \"$1\\n\"" "$root/table.cpp" || fail "$1 is not in the table"
}

lacks() {
    ! grep -qF "$1" "$root/table.cpp" || fail "$1 is in the table"
}

if ! command -v python3 >/dev/null || ! "$compiler" -x c -O2 -fno-pic -gbtf -c "$here/driver.c" -o "$root/driver.o" 2>/dev/null; then
    echo "SKIPPED: this needs python3 and a compiler that writes BTF (-gbtf)"
    exit 77
fi
objcopy --dump-section .BTF="$root/btf" "$root/driver.o"

kernel 1.0 made-of-this older
kernel 2.0 made_of_this
xz "$root/2.0/lib/modules/2.0/kernel/made_of_this.ko"
"$make" "$root/1.0" "$root/2.0" >"$root/table.cpp" 2>"$root/messages"

has 'with a literal=made_of_this'
has 'in an array=made_of_this'
has 'spells its bus out=made_of_this'
lacks 'made-of-this='
lacks 'cannot be registered'
lacks 'first of many strings'
lacks older
grep -q "1.0: left out pci 'with a literal' of \['made-of-this', 'older'\]" "$root/messages" \
    || fail "two modules with one driver are not told"
"$compiler" -std=c++20 -fsyntax-only -I "$here/../.." -x c++ "$root/table.cpp" || fail "the table does not compile"
echo "all found, and nothing else"

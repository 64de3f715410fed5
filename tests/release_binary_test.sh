#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# release_binary_test.sh PROGRAM: the shipped program needs no library, has no segment that is writable and executable,
# and is small enough for an initramfs.
set -eu
program=$1
most_bytes=2200000
most_packed=780000

fail() {
    printf 'FAIL: %s\n' "$*"
    exit 1
}

! readelf -lW "$program" | grep -q INTERP || fail "it wants a dynamic loader"
! readelf -dW "$program" | grep -q NEEDED || fail "it wants a shared library"
! readelf -lW "$program" | grep -E '^ +[A-Z_]+ .* RWE ' || fail "a segment is writable and executable"
size=$(wc -c <"$program")
[ "$size" -le "$most_bytes" ] || fail "it has $size bytes, more than $most_bytes"
packed=$(zstd -19 -q -c "$program" | wc -c)
[ "$packed" -le "$most_packed" ] || fail "it has $packed bytes under zstd -19, more than $most_packed"
printf 'static, no writable code, %s bytes of at most %s, %s of %s under zstd -19\n' \
    "$size" "$most_bytes" "$packed" "$most_packed"

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# in_shards.sh PROGRAM: runs a test program that mostly waits in four parts at once; shows those that fail.
set -u
export GTEST_TOTAL_SHARDS=4
logs=$(mktemp -d) || exit 1
trap 'rm -rf "$logs"' EXIT

part() {
    GTEST_SHARD_INDEX=$1 "$program" >"$logs/$1" 2>&1 || echo failed >"$logs/$1.failed"
}

program=$1
for index in 0 1 2 3; do part "$index" & done
wait
status=0
for index in 0 1 2 3; do
    tail -n 4 "$logs/$index"
    [ ! -e "$logs/$index.failed" ] && continue
    cat "$logs/$index"
    status=1
done
exit "$status"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests scripts/guest-uml and what its kernel finds; prints TAP. The kernel must be there (scripts/kernel build --uml).
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
# shellcheck source=scripts/lib/common.sh
. scripts/lib/common.sh
# shellcheck source=scripts/lib/tap.sh
. scripts/lib/tap.sh

DMALOAD_RESULTS=$(mktemp -d)
export DMALOAD_RESULTS
trap 'rm -rf "$DMALOAD_RESULTS"' EXIT

# Called by step, which shellcheck does not see.
# shellcheck disable=SC2317
gives()
{
    local expected=$1 status=0
    shift
    scripts/guest-uml --timeout 120 "$@" || status=$?
    [ "$status" -eq "$expected" ]
}

# shellcheck disable=SC2317
says()
{
    local expected=$1 said
    shift
    said=$(scripts/guest-uml --timeout 120 "$@")
    say "$said"
    [ "$said" = "$expected" ]
}

# lkdtm_is_found CRASH SPLAT: one of the kernel's own (Documentation/fault-injection/provoke-crashes.rst), twice, as it is
# the second open file that finds a lock held.
# shellcheck disable=SC2317
lkdtm_is_found()
{
    local said status=0
    said=$(scripts/guest-uml --timeout 120 -- \
        sh -c "for i in 1 2; do echo $1 >/sys/kernel/debug/provoke-crash/DIRECT; done" 2>&1) || status=$?
    say "$said"
    [ "$status" -ne 0 ] && grep -q "$2" <<<"$said"
}

# shellcheck disable=SC2016  # expanded in the guest
{
    step "exit status" gives 7 -- sh -c 'exit 7'
    DMALOAD_WORD='a  b' step "output, folder and environment" says "a  b in $top as 0" -- \
        sh -c 'echo "$DMALOAD_WORD in $PWD as $(id -u)"'
    step "a heap and a disk" says "system ext4" -- \
        sh -c 'echo $(ls /dev/dma_heap) $(findmnt -no FSTYPE /tmp/disk0)'
    step "the host's files cannot be written" gives 0 -- sh -c '! touch here 2>/dev/null'
    step "results can" gives 0 -- sh -c 'echo kept >"$DMALOAD_RESULTS/file"'
    step "and are kept" grep -qx kept "$DMALOAD_RESULTS/file"
    step "time-out" gives 124 --timeout 5 -- sleep 100
    step "no command is wrong usage" gives 2
    step "a kernel that ends before the command" gives 255 -- \
        python3 -c 'import ctypes; ctypes.CDLL(None).reboot(0x4321fedc)'
}
step "a warning is the end" lkdtm_is_found WARNING "Kernel panic - not syncing: .*panic_on_warn"
step "KASAN sees memory that was freed" lkdtm_is_found READ_AFTER_FREE "KASAN: slab-use-after-free"
step "UBSAN sees an index that is too large" lkdtm_is_found ARRAY_BOUNDS "UBSAN: array-index-out-of-bounds"
step "a process may not sleep, and lockdep knows its lock" lkdtm_is_found SPINLOCKUP "lock_me_up.*at: lkdtm"
tap_done

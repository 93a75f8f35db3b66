#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Tests scripts/guest itself; prints TAP. Arguments go to every call, for example --kernel FILE.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
guest="$here/../../scripts/guest"
options=("$@")
# In /tmp on purpose: that folder is the guest's own, and what lies there must be seen all the same.
work=$(mktemp -d /tmp/dmaload-test-guest.XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work"

number=0
failed=0

# check NAME COMMAND...: one line; on failure also what the last guest wrote.
check() {
    local name=$1
    shift
    number=$((number + 1))
    if "$@"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# stdout: /' out
        sed 's/^/# stderr: /' err
        echo "# exit status: $status"
        failed=1
    fi
}

# run ARGUMENT...: one guest; leaves out, err, $status and the folder $DMALOAD_RESULTS.
run() {
    DMALOAD_RESULTS=$(mktemp -d "$work/results.XXXXXX")
    export DMALOAD_RESULTS
    status=0
    "$guest" "${options[@]}" "$@" >out 2>err </dev/null || status=$?
}

# Called by check, which shellcheck does not see.
# shellcheck disable=SC2317
is() { [[ "$1" == "$2" ]]; }
# shellcheck disable=SC2317
said() { grep -qE -- "$1" err; }

echo "TAP version 13"

# One guest for what belongs to a healthy run.
echo "in the checkout" >beside
# shellcheck disable=SC2016  # expanded in the guest
DMALOAD_WORD='a  b' run --timeout 120 --memory 512 --disk ext4.img:ext4:64M --disk f2fs.img:f2fs:128M --disk raw.img:raw:8M -- bash -c '
    echo "to stdout"; echo "to stderr" >&2
    echo "word=$DMALOAD_WORD"; echo "cwd=$PWD"; echo "beside=$(<beside)"; id -u
    echo "disks=$(findmnt -no FSTYPE /disk0) $(findmnt -no FSTYPE /disk1) $(cat "/sys/block/${DMALOAD_DISK2##*/}/size")"
    echo kept >/disk0/file; echo arrived >"$DMALOAD_RESULTS/file"
    touch beside 2>/dev/null || echo "read-only"
    touch /tmp/own && echo "own tmp"
    ls /dev/udmabuf /dev/dma_heap/*; nproc
    echo "clock=$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
    sleep 1000 & exit 42'
check "the exit status passes through" is "$status" 42
check "stdout arrives" grep -qx "to stdout" out
check "stderr arrives" grep -qx "to stderr" err
check "stdout and stderr are apart" is "$(grep -c "to stderr" out || true)$(grep -c "to stdout" err || true)" 00
check "the environment arrives" grep -qx "word=a  b" out
check "the current folder is the same, below /tmp too" grep -qx "cwd=$work" out
check "its files are there" grep -qx "beside=in the checkout" out
check "and read-only" grep -qx "read-only" out
check "/tmp is the guest's own" grep -qx "own tmp" out
check "the command is root's" grep -qx 0 out
check "every CPU is up" grep -qx 2 out
check "the disks have what was asked for" grep -qx "disks=ext4 f2fs 16384" out
check "udmabuf and the system heap are there" is "$(grep -cE '^/dev/(udmabuf|dma_heap/system)$' out)" 2
check "the clock can measure" grep -qE "^clock=(tsc|kvm-clock)$" out
check "a file in \$DMALOAD_RESULTS arrives" is "$(cat "$DMALOAD_RESULTS/file" 2>/dev/null)" arrived
check "a failure names the folder with the logs" said "$DMALOAD_RESULTS/guest-log"
check "the folder has console, kernel log and QEMU's line" test -e "$DMALOAD_RESULTS/guest-log/console.log" \
    -a -s "$DMALOAD_RESULTS/guest-log/kernel.log" -a -s "$DMALOAD_RESULTS/guest-log/qemu-command"

# Success, much output, a disk that was kept, the disk model.
run --timeout 120 --memory 512 --disk ext4.img:ext4 --disk-rate 100000000 --disk-latency 200 -- bash -c \
    'cat /disk0/file >&2; seq 200000'
check "success is 0" is "$status" 0
check "a disk keeps its files" grep -qx kept err
check "long output arrives in full" is "$(md5sum <out)" "$(seq 200000 | md5sum)"
check "the disk model served the disk" grep -q '"reads": [1-9]' "$DMALOAD_RESULTS/guest-log/disk0-model.json"

# shellcheck disable=SC2016
run --timeout 120 --memory 512 -- bash -c 'kill -KILL $$'
check "a killed command is 128 + signal" is "$status" 137

run --timeout 120 --memory 512 -- /no/such/command
check "a command that is not there is 127" is "$status" 127

run --timeout 120 --memory 512 -- bash -c 'echo "BUG: planted by the test" >/dev/kmsg'
check "a splat fails a run that succeeded" is "$status" 1
check "and is shown" said "BUG: planted by the test"

# Both lines are splats, and the first is an allowed one.
# shellcheck disable=SC2016
run --timeout 120 --memory 512 -- bash -c 'printf "%s\n" "out-of-memory invoked oom-killer: planted" "Call Trace:" |
    while read -r line; do echo "$line" >/dev/kmsg; done'
check "an allowed line and its trace fail no run" is "$status" 0
run --timeout 120 --memory 512 -- bash -c 'echo "Call Trace:" >/dev/kmsg'
check "a trace without one does" is "$status" 1

run --timeout 120 --memory 512 -- bash -c 'echo before; echo c >/proc/sysrq-trigger; sleep 100'
check "a panic is 255" is "$status" 255
check "what was written before a panic arrives" grep -qx before out
check "the panic is shown" said "Kernel panic|sysrq triggered crash"

# A time-out must also be kept by a guest that does not listen: it hangs before init.
run --timeout 5 --memory 512 -- sleep 1000
check "a time-out is 124" is "$status" 124
check "a time-out is called one" said "killed after [56] s"

run --dry-run -- true
check "--dry-run prints QEMU's line and starts nothing" grep -q "^[^ ]*qemu-system" out
run --kernel /no/such/kernel -- true
check "a missing kernel is named" said "/no/such/kernel"
run --disk raw.img:ext4 -- true
check "a disk with another content is not overwritten" said "holds raw, not ext4"
run --memory 1 -- true
check "wrong usage is 2" is "$status" 2

# ends_by SIGNAL: of a guest that runs, which has to go with its QEMU.
ends_by() {
    local signal=$1 pid
    DMALOAD_RESULTS=$(mktemp -d "$work/results.XXXXXX")
    export DMALOAD_RESULTS
    set -m
    "$guest" "${options[@]}" --memory 512 --timeout 300 -- bash -c 'echo up; sleep 1000' >out 2>err </dev/null &
    pid=$!
    set +m
    for _ in $(seq 600); do
        if grep -q up out; then break; fi
        sleep 0.1
    done
    kill "-$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    check "SIG$signal ends it with 130" is "$status" 130
    check "and no QEMU is left" is "$(pgrep -fc "qemu-system.*$DMALOAD_RESULTS" || true)" 0
}

# QEMU gives up, by a signal of our own, before anything has run: once more.
DMALOAD_RESULTS=$(mktemp -d "$work/results.XXXXXX")
export DMALOAD_RESULTS
"$guest" "${options[@]}" --memory 512 --timeout 120 -- echo once >out 2>err </dev/null &
for _ in $(seq 600); do
    if pkill -ABRT -f "qemu-system.*$DMALOAD_RESULTS"; then break; fi
    sleep 0.1
done
status=0
wait $! || status=$?
check "a guest whose QEMU gave up while it booted is started again" is "$status $(<out)" "0 once"
check "and that is said" said "QEMU gave up"
check "both have their logs" test -s "$DMALOAD_RESULTS/guest-log/kernel.log" -a -d "$DMALOAD_RESULTS/guest-log-died"

ends_by INT
# In the background of a shell without job control SIGINT is ignored, and what is sent is SIGTERM.
trap '' INT
ends_by TERM

echo "1..$number"
exit "$failed"

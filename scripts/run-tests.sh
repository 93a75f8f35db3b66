#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs checks by name, all of them without one, and ends with a table and the line "N passed, N failed, N skipped".
#   scripts/run-tests.sh [--list] [NAME...]
# Each check's whole output is build/check/NAME/log; what it left behind is beside that.
set -euo pipefail
shopt -s inherit_errexit

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
# shellcheck source=scripts/lib/common.sh
. scripts/lib/common.sh
# shellcheck source=scripts/lib/tap.sh
. scripts/lib/tap.sh
# shellcheck source=scripts/lib/checks-style.sh
. scripts/lib/checks-style.sh
# shellcheck source=scripts/lib/checks.sh
. scripts/lib/checks.sh
# shellcheck source=scripts/lib/checks-torture.sh
. scripts/lib/checks-torture.sh

out=$top/build/check
declare -A groups=() # of processes that run beside the check that is waited for, by what they do
declare -A started=() # when each check began

case ${1:-} in
--list)
    for name in "${checks[@]}"; do printf '%-20s %s\n' "$name" "${about[$name]}"; done
    exit 0
    ;;
-*)
    sed -n '3,5s/^# //p' "$0" >&2
    exit 2
    ;;
esac
selected=("$@")
[ $# -gt 0 ] || selected=("${checks[@]}")
for name in "${selected[@]}"; do
    [ -n "${about[$name]:-}" ] || die "there is no check '$name'; scripts/run-tests.sh --list shows them"
done

stop_groups()
{
    local group
    for group in "${groups[@]}"; do kill -- "-$group" 2>/dev/null || true; done
    groups=()
}
trap stop_groups EXIT
trap 'exit 130' INT TERM

# What runs, for how long, and what it said last: always on a terminal, once a minute elsewhere.
watch_check()
{
    local name=$1 start=${started[$1]} said=$SECONDS last
    while kill -0 "${groups[$name]}" 2>/dev/null; do
        sleep 0.5
        if [ -t 1 ]; then
            last=$(tail -n 1 "$out/$name/log" 2>/dev/null | tr -d '\000-\037' | cut -c 1-80) || last=
            printf '\r\033[K%s %s  %s' "$name" "$(clock $((SECONDS - start)))" "$last"
        elif [ $((SECONDS - said)) -ge 60 ]; then
            said=$SECONDS
            printf '    %s %s  %s\n' "$name" "$(clock $((SECONDS - start)))" \
                "$(tail -n 1 "$out/$name/log" | cut -c 1-100)"
        fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
}

# in_group NAME COMMAND...: starts it in the background, in a process group, groups[NAME]. Without job control it would
# ignore SIGINT, and some check wants to send one.
in_group()
{
    set -m
    "${@:2}" </dev/null &
    groups[$1]=$!
    set +m
}

run_check()
{
    local name=$1
    trap 'printf "%d\n" $((SECONDS - ${started[$name]})) >"$out/$name/seconds"' EXIT
    # A guest's results, and GoogleTest's: scripts/lib/count_results.py looks for them there.
    export DMALOAD_RESULTS=$out/$name/results
    "check_${name//-/_}"
}

start_check()
{
    local name=$1
    rm -rf "${out:?}/$name"
    mkdir -p "$out/$name/results"
    started[$name]=$SECONDS
    in_group "$name" run_check "$name" >"$out/$name/log" 2>&1
}

# finish_check NAME: waits for it and adds a line to the summary.
finish_check()
{
    local name=$1 status=0 seconds
    watch_check "$name"
    wait "${groups[$name]}" || status=$?
    unset "groups[$name]"
    # Others may have been waited for since it ended.
    seconds=$(cat "$out/$name/seconds") || seconds=$((SECONDS - ${started[$name]}))
    python3 scripts/lib/count_results.py "$out/$name" "$name" "$status" "$seconds" \
        >>"$out/summary" || die "the results of $name cannot be counted; see ${out#"$top"/}/$name"
    python3 scripts/lib/count_results.py --show "$out/$name"
}

mkdir -p "$out"
: >"$out/summary"
say "${#selected[@]} checks; whole output is in ${out#"$top"/}/NAME/log"

is_selected() { [[ " ${selected[*]} " = *" $1 "* ]]; }

# Compiled beside the checks before them; "kernel" and "debug-kernel" then wait for what is left to do.
compile_kernels()
{
    scripts/kernel build
    ! is_selected debug-kernel || nice -n 19 scripts/kernel build --debug
}

for name in "${selected[@]}"; do
    if [ -z "${groups[kernels]:-}" ] && [ "$name" != deps ] && is_selected kernel; then
        in_group kernels compile_kernels >"$out/kernel-background.log" 2>&1
    fi
    start_check "$name"
    if [ -n "${beside[$name]:-}" ]; then
        say "    $name runs beside what follows"
    else
        finish_check "$name"
    fi
done
for name in "${selected[@]}"; do
    [ -z "${beside[$name]:-}" ] || finish_check "$name"
done

python3 scripts/lib/count_results.py --table "$out/summary"

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Checks that take too long for each change: scripts/torture runs them, and scripts/run-tests.sh by name only. A check
# that is added here is a function and two words: in about, and in torture, in whose order they run.

torture=(unit-gcc-sanitize unit-clang-tsan lint coccicheck kunit-uml fuzz-uml faults-uml old-data-broken compare hostile importers
    faults fuzz conformance-kcsan contract-kcsan)

about+=(
    [unit-gcc-sanitize]="unit tests, and conformance on a fake kernel: gcc with AddressSanitizer and UndefinedBehaviorSanitizer"
    [unit-clang-tsan]="the same: clang with ThreadSanitizer"
    [lint]="clang-tidy and cppcheck of all C++ sources"
    [coccicheck]="the kernel's semantic patches find nothing new in the series"
    [kunit-uml]="the series' KUnit tests by the kernel's own kunit.py, in a kernel that is a process of this machine"
    [fuzz-uml]="a million random calls, in kernels that are processes of this machine, with KASAN, UBSAN, lockdep and kmemleak"
    [faults-uml]="ten thousand kills and each step of a call that fails, in such a kernel"
    [old-data-broken]="in a guest whose kernel clears nothing: the search of old-data finds it"
    [compare]="in a guest with the comparison patches: what they do, and what a heap says that does not read files"
    [conformance-kcsan]="in a guest that looks for data races: all methods, sizes and modes"
    [contract-kcsan]="in a guest that looks for data races: the contract of the new call"
)

check_unit_gcc_sanitize()
{
    build_preset gcc-sanitize unit-tests conformance-tests
    unit_tests gcc-sanitize
}

check_unit_clang_tsan()
{
    build_preset clang-tsan unit-tests conformance-tests
    unit_tests clang-tsan
}

check_lint() { scripts/lint; }

check_coccicheck() { scripts/kernel coccicheck; }

check_kunit_uml() { scripts/kernel kunit; }

# A call takes a third of the time that it takes in an emulated machine. As many kernels as there are processors, each
# with calls of its own.
check_fuzz_uml()
{
    local lanes calls seed=${DMALOAD_FUZZ_SEED:-1} lane pid status=0
    local -a pids=()
    lanes=$(nproc)
    calls=$((${DMALOAD_UML_CALLS:-1000000} / lanes))
    scripts/kernel build --uml
    tests/guest/test-guest-uml.sh || status=1
    build_preset release fuzz-heap
    for ((lane = 0; lane < lanes; lane++)); do
        scripts/guest-uml --timeout $((900 + calls / 25)) -- "$top/build/userspace/tests/fuzz/fuzz-heap" --kmemleak \
            --calls "$calls" --seed $((seed == 0 ? 0 : seed + lane)) >"$DMALOAD_RESULTS/lane-$lane.tap" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || status=1; done
    cat "$DMALOAD_RESULTS"/lane-*.tap
    return "$status"
}

# There is no CMA, and the disks cannot be made to fail. One CPU: kills beside others come in "faults".
check_faults_uml()
{
    local kills=${DMALOAD_UML_KILLS:-10000}
    scripts/kernel build --uml
    build_preset release faults-tests
    DMALOAD_KILLS=$kills GTEST_FILTER='*KillTest*:*NthFaultTest*:*LeaksTest*:*After*' \
        run_gtest faults-uml scripts/guest-uml --append "page_owner=on page_poison=1" --timeout $((1800 + kills / 5)) -- \
        "$top/build/userspace/tests/faults/faults-tests"
}

check_old_data_broken()
{
    scripts/kernel build --broken
    build_preset release old-data-tests
    mkdir -p build/guest
    DMALOAD_BROKEN_KERNEL=1 old_data_in_guest --base 6.12-broken
}

check_compare()
{
    local status=0
    local -a guest=(--base 6.12-compare --timeout 600 --disk build/guest/ext4.img:ext4:1G)
    scripts/kernel build --compare
    build_preset release compare-tests contract-tests
    mkdir -p build/guest
    gtest_in_guest compare "${guest[@]}" -- env DMALOAD_TEST_DIRS=/disk0:/dev/shm || status=1
    # It has a heap that does not read files.
    gtest_in_guest contract:plain "${guest[@]}" -- env 'GTEST_FILTER=*TheOp*:*OpBefore*' || status=1
    return "$status"
}

check_conformance_kcsan() { suite_with_kcsan conformance; }
check_contract_kcsan() { suite_with_kcsan contract; }

# suite_with_kcsan SUITE: whatever the tests say, races are looked for. XFS as in check_contract.
suite_with_kcsan()
{
    local suite=$1 status=0
    scripts/kernel build --kcsan
    build_preset release "$suite-tests"
    mkdir -p build/guest
    # Reports of races come in bursts, and what KCSAN says as it begins must not be lost.
    gtest_in_guest "$suite" --base 6.12-kcsan --append log_buf_len=16M --timeout 14400 --memory 2048 \
        --disk build/guest/ext4.img:ext4:1G --disk build/guest/f2fs.img:f2fs:1G --disk build/guest/xfs.img:xfs:1G -- \
        env DMALOAD_TEST_DIRS=/disk0:/disk1:/disk2:/dev/shm || status=1
    kcsan_was_on "$DMALOAD_RESULTS/guest-log/kernel.log" || status=1
    no_race_of_ours "$DMALOAD_RESULTS/guest-log/kernel.log" build/kernel-6.12-kcsan || status=1
    return "$status"
}

# kcsan_was_on LOG: whether races were looked for from the beginning, by what has passed its own tests. Otherwise none is
# found, and that would be no good news.
kcsan_was_on()
{
    local log=$1
    need_file "$log" || return 1
    grep -q 'kcsan: enabled early' "$log" &&
        grep -qE 'kcsan: selftest: ([1-9][0-9]*)/\1 tests passed' "$log" || {
        say "KCSAN was not on, or failed its own tests, see ${log#"$top"/}:" "$(grep 'kcsan: ' "$log" || true)"
        return 1
    }
}

# init_sync_kiocb() reads the flags of a file while fcntl(F_SETFL) may write them, as for each read(2); the engine takes
# them once, and stays with what it got.
kcsan_allowed='data-race in [a-z0-9_]*(fcntl|setfl) / source_open$'

# no_race_of_ours LOG KERNEL: filesystems and memory management have races that they live with. Of the reports
# "BUG: KCSAN: data-race in A / B" those count in which A or B is a function of the heaps or of the engine, and which are
# not allowed.
no_race_of_ours()
{
    local log=$1 kernel=$2 functions ours status=0
    functions=$(nm "$kernel"/drivers/dma-buf/dma-heap*.o "$kernel"/drivers/dma-buf/heaps/*_heap.o |
        awk 'NF == 3 && $2 ~ /^[tT]$/ { print $3 }' | sort -u)
    [ -n "$functions" ] || {
        say "$kernel: no function of the heaps was found"
        return 1
    }
    need_file "$log" || return 1
    ours=$(grep 'BUG: KCSAN: ' "$log" | sed 's/.*BUG: KCSAN: //' | grep -wF "$functions" |
        grep -vE "$kcsan_allowed") || ours=
    if [ -n "$ours" ]; then
        say "races of the series' own functions, see ${log#"$top"/}:" "$ours"
        status=1
    fi
    say "$(grep -c 'BUG: KCSAN: ' "$log" || true) races were reported, $(grep -c . <<<"$ours" || true) of them ours"
    return "$status"
}

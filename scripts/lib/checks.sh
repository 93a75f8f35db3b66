# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The checks of scripts/run-tests.sh, in the order in which they run: those of the host first, quick ones first.
# A check is a function check_<name>; its exit code, TAP lines and GoogleTest results are counted.

checks=(deps style unit unit-clang-sanitize userspace-fuzz report series kernel module disk-model guest-runner
    conformance contract old-data kselftest bench-smoke debug-kernel hostile faults kunit fuzz importers)

# Those that run beside the ones after them: a guest that waits for its disk leaves a processor to others. What they
# write to, their disks above all, is nobody else's. Not beside "hostile", which has memory and processors run out.
declare -A beside=([faults]=1)

declare -A about=(
    [deps]="what the project needs is installed"
    [style]="formatting, shellcheck, licences, white space"
    [unit]="unit tests, and conformance of all methods on a fake kernel: gcc"
    [unit-clang-sanitize]="the same: clang with AddressSanitizer and UndefinedBehaviorSanitizer"
    [userspace-fuzz]="random inputs for each parser of what comes from outside: clang, the same sanitizers"
    [report]="the report's page in a browser: it renders at three widths, every figure equals the JSON"
    [series]="each patch applies, builds without warnings, passes checkpatch; the export has no diff"
    [kernel]="the patched kernel for the guest is built"
    [module]="the engine builds as a module for Debian's kernel"
    [disk-model]="the emulated disk keeps its word"
    [guest-runner]="scripts/guest: exit codes, output, disks, time-outs, splats"
    [conformance]="in the guest: all methods, sizes and modes on ext4, f2fs and tmpfs"
    [contract]="in the guest: the contract of the new call, line by line"
    [old-data]="in the guest: memory is full of marks, and no buffer shows one"
    [bench-smoke]="in the guest: a short benchmark and a trace, and whether their results are well-formed"
    [kselftest]="in the guest: the kselftests of heaps, on ext4"
    [debug-kernel]="the kernel with KASAN, UBSAN, lockdep, kmemleak and fault injection is built"
    [kunit]="in the debug guest: the series' KUnit tests, which ran as it booted"
    [faults]="in the debug guest: steps of calls, disks and files fail, callers are killed, and nothing is left behind"
    [hostile]="in the debug guest: pointers, labels and limits that do harm, and who may refuse a read"
    [fuzz]="in the debug guest: random calls give what the header says"
    [importers]="in the debug guest: drivers of DRM and other processes get loaded buffers"
)

need_file()
{
    [ -e "$1" ] || {
        say "${1#"$top"/} is missing${2:+: $2}"
        return 1
    }
}

check_deps() { scripts/install-deps check; }

# build_preset PRESET [TARGET...]
build_preset()
{
    local folder
    folder=build/userspace$(preset_suffix "$1")
    with_lock "$top/$folder.lock" build_in "$folder" "$@"
}

# build_in FOLDER PRESET [TARGET...]
build_in()
{
    local folder=$1 preset=$2
    shift 2
    (cd userspace && cmake --preset "$preset" -DDMALOAD_TESTS=ON) &&
        cmake --build "$folder" --parallel "$(nproc)" ${1:+--target "$@"}
}

preset_suffix() { [ "$1" = release ] || printf -- '-%s' "$1"; }

# run_gtest FILE COMMAND...: with the results where they are counted; they must exist afterwards.
run_gtest()
{
    local file=$DMALOAD_RESULTS/$1.xml status=0
    shift
    GTEST_OUTPUT=xml:$file GTEST_COLOR=no "$@" || status=$?
    [ -s "$file" ] || {
        say "${*##*/}: exit code $status, and no results"
        return 1
    }
    return "$status"
}

# Both suites, even if the first one fails.
unit_tests()
{
    local build=build/userspace suite status=0
    build+=$(preset_suffix "$1")
    for suite in unit conformance; do
        run_gtest "$suite" env -u DMALOAD_TEST_DIRS "$build/tests/$suite/$suite-tests" --gtest_brief=1 || status=1
    done
    return "$status"
}

check_unit()
{
    build_preset release
    unit_tests release
}

check_unit_clang_sanitize()
{
    build_preset clang-sanitize unit-tests conformance-tests
    unit_tests clang-sanitize
}

# run_fuzzer SUBJECT RUNS LENGTH: so many inputs of at most so many bytes, from the corpus, always the same ones.
run_fuzzer()
{
    local corpus
    corpus=$(mktemp -d)
    # Its own exit code of a crash, 77, means skipped elsewhere.
    build/userspace-clang-sanitize/tests/userspace-fuzz/fuzz-"$1" -seed=1 -runs="$2" -max_len="$3" -timeout=20 \
        -error_exitcode=1 -artifact_prefix="$DMALOAD_RESULTS/$1-" "$corpus" tests/userspace-fuzz/corpus/"$1" &&
        rm -rf "$corpus"
}

check_userspace_fuzz()
{
    build_preset clang-sanitize fuzzers
    step "arguments of the command line" run_fuzzer arguments 400000 64
    step "files of /proc and /sys" run_fuzzer proc 60000 1024
    step "the kernel's trace" run_fuzzer trace 40000 4096
    step "what fio prints" run_fuzzer fio 100000 1024
    step "result files and journals" run_fuzzer result 4000 16384
    tap_done
}

# Results of a real run are shown as well where there are some.
check_report()
{
    local -a results=()
    build_preset release dmaload
    [ ! -s build/results/latest.json ] || results=(build/results/latest.json)
    # Selenium is Debian's package: a Python from elsewhere does not see it.
    /usr/bin/python3 tests/report/test_page.py build/userspace/cli/dmaload "$DMALOAD_RESULTS" ${results[@]:+"${results[@]}"}
}

check_series() { scripts/kernel check; }

check_kernel() { scripts/kernel build; }

check_module()
{
    scripts/kernel module --build
    need_file "$top/build/module/dma-heap-read.ko"
    /sbin/modinfo build/module/dma-heap-read.ko
}

check_disk_model() { tests/guest/disk/check-model; }

check_guest_runner()
{
    # Of its parts, and of what judges a run: without a guest.
    python3 -B -m unittest discover -s tests/guest
    scripts/kernel build
    tests/guest/test-guest.sh
}

# What tests in the guest need; quick when it is there.
guest_parts()
{
    scripts/kernel build
    build_preset release
    mkdir -p build/guest
}

# gtest_in_guest SUITE[:PART] OPTION... -- [env NAME=VALUE...]: the options are those of scripts/guest.
# The patched kernel has everything that is tested, so a suite that skips itself is a failure, and so is a test, unless
# tests/guest/skips has its reason.
gtest_in_guest()
{
    local suite=${1%%:*} part=${1/:/-}
    shift
    run_gtest "$part" scripts/guest "$@" "$top/build/userspace/tests/$suite/$suite-tests"
}

check_conformance()
{
    guest_parts
    gtest_in_guest conformance --timeout 900 --memory 2048 --disk build/guest/ext4.img:ext4:1G \
        --disk build/guest/f2fs.img:f2fs:1G -- env DMALOAD_TEST_DIRS=/disk0:/disk1:/dev/shm
}

check_contract()
{
    guest_parts
    # XFS has large folios, and with them another readahead.
    gtest_in_guest contract --timeout 900 --memory 2048 --disk build/guest/ext4.img:ext4:1G \
        --disk build/guest/f2fs.img:f2fs:1G --disk build/guest/xfs.img:xfs:1G -- \
        env DMALOAD_TEST_DIRS=/disk0:/disk1:/disk2:/dev/shm
}

# Little memory is soon filled.
old_data_in_guest()
{
    gtest_in_guest old-data --timeout 600 --memory 512 --disk build/guest/ext4.img:ext4:1G \
        --disk build/guest/f2fs.img:f2fs:1G --disk build/guest/xfs.img:xfs:1G "$@" -- \
        env DMALOAD_TEST_DIRS=/disk0:/disk1:/disk2:/dev/shm
}

check_old_data()
{
    guest_parts
    old_data_in_guest
}

check_bench_smoke()
{
    guest_parts
    scripts/guest --timeout 600 --disk build/guest/ext4.img:ext4:1G --disk-rate 800000000 -- \
        "$top/build/userspace/cli/dmaload" bench --dir /disk0 --sizes 512K,8M --min-rounds 3 --max-rounds 3 \
        --stages --disk-rate 800M --disk-latency 100 --seed 1 --label smoke --results "$DMALOAD_RESULTS/bench" --json \
        >"$DMALOAD_RESULTS/stdout.json"
    python3 scripts/lib/check_results.py "$DMALOAD_RESULTS/stdout.json"
    # The benchmark left its files on the disk.
    scripts/guest --timeout 120 --disk build/guest/ext4.img:ext4:1G --disk-rate 800000000 -- \
        "$top/build/userspace/cli/dmaload" trace --json --output "$DMALOAD_RESULTS/trace.svg" \
        /disk0/dmaload-8388608.bin >"$DMALOAD_RESULTS/trace.json"
    python3 scripts/lib/check_trace.py "$DMALOAD_RESULTS/trace.json" "$DMALOAD_RESULTS/trace.svg"
}

check_kselftest()
{
    local program
    guest_parts
    scripts/kernel selftests
    for program in dmabuf-heap dmabuf-heap-read; do
        scripts/guest --timeout 300 --disk build/guest/ext4.img:ext4:1G -- \
            env TMPDIR=/disk0 "$top/build/selftests-6.12/$program"
    done
}

check_debug_kernel() { scripts/kernel build --debug; }

# How a guest of the debug kernel is booted. A warning is the end. Pages are filled with a pattern when they are freed,
# and looked at when they are allocated again: who writes to them meanwhile, as a disk that nobody waited for, is found.
# On a busy machine an emulated processor may stand still for longer than the 21 s after which RCU warns of it.
debug_guest=(--base 6.12-debug --append "panic_on_warn=1 page_poison=1 rcupdate.rcu_cpu_stall_timeout=120")

# Under UML (scripts/kernel kunit) the same tests would need a kernel of their own.
check_kunit()
{
    check_debug_kernel
    scripts/guest "${debug_guest[@]}" --append kunit.enable=1 --timeout 300 -- \
        cat /sys/kernel/debug/kunit/dma-heap-read/results | tap_of_kunit dma-heap-read
}

# Disks that fail, files and filesystems that change, and what others do to the caller are the same to each heap, and large
# folios to each call: one of them does, unless DMALOAD_FAULTS is "all".
check_faults()
{
    local left_out='*DeviceFaultTest*/reserved*:*ChangeTest*/reserved*:*FilesystemStateTest*/reserved*'
    left_out+=':*DisturbedTest*/reserved*:*NthFaultTest*/*ranges*_xfs'
    [ "${DMALOAD_FAULTS:-}" != all ] || left_out=
    check_debug_kernel
    build_preset release faults-tests
    mkdir -p build/guest
    # XFS as in check_contract, for the tests of what its large folios change.
    gtest_in_guest faults "${debug_guest[@]}" --append page_owner=on \
        --timeout $((3000 + ${DMALOAD_KILLS:-200} / 2)) --disk build/guest/faults-ext4.img:ext4:1G \
        --disk build/guest/faults-xfs.img:xfs:1G -- env "GTEST_FILTER=-$left_out"
}

check_hostile()
{
    local status=0
    check_debug_kernel
    build_preset release hostile-tests
    mkdir -p build/guest
    gtest_in_guest hostile "${debug_guest[@]}" --timeout 600 \
        --disk build/guest/ext4.img:ext4:1G -- env DMALOAD_TEST_DIRS=/disk0 'GTEST_FILTER=-*AppArmorTest*' || status=1
    # Another security module is another boot.
    gtest_in_guest hostile:apparmor "${debug_guest[@]}" --append lsm=apparmor --timeout 600 \
        --disk build/guest/ext4.img:ext4:1G -- env DMALOAD_TEST_DIRS=/disk0 'GTEST_FILTER=*AppArmorTest*' || status=1
    return "$status"
}

# fuzz_in_guest CALLS SEED OPTION...
fuzz_in_guest()
{
    local calls=$1 seed=$2
    shift 2
    scripts/guest "${debug_guest[@]}" --append cma=64M --timeout $((900 + calls / 25)) \
        --disk build/guest/ext4.img:ext4:1G "$@" -- "$top/build/userspace/tests/fuzz/fuzz-heap" \
        --all-kinds --kmemleak --calls "$calls" --seed "$seed"
}

# The same calls each time, unless DMALOAD_FUZZ_SEED says which (0: others each time). Threads that race with a call
# want a second CPU, and an emulated machine has to wait for it; most calls are made by one thread, and the pattern in
# free pages tells little of them. Without both they take half of the time.
check_fuzz()
{
    local calls=${DMALOAD_FUZZ_CALLS:-20000} seed=${DMALOAD_FUZZ_SEED:-1} status=0
    check_debug_kernel
    build_preset release fuzz-heap
    mkdir -p build/guest
    fuzz_in_guest $((calls / 4)) "$seed" || status=1
    fuzz_in_guest $((calls - calls / 4)) $((seed == 0 ? 0 : seed + 1)) --cpus 1 --append page_poison=0 || status=1
    return "$status"
}

check_importers()
{
    check_debug_kernel
    build_preset release importers-tests
    mkdir -p build/guest
    gtest_in_guest importers "${debug_guest[@]}" --timeout 600 \
        --disk build/guest/ext4.img:ext4:1G --
}

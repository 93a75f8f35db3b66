# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The tests that the series brings: KUnit under UML, and the kselftests, to be run on a patched kernel.

# The series in a tree, or what somebody works on there.
need_tree()
{
    if [ ! -f "$tree/.git/dmaload-state" ] || tree_is_unedited; then
        with_lock "$tree.lock" tree_apply
    fi
}

# Builds an UML kernel and runs what drivers/dma-buf/.kunitconfig names. Prints its results as one flat TAP.
tree_kunit()
{
    local output=$top/build/kernel-$base-kunit said
    local -a options=(--kunitconfig=drivers/dma-buf --build_dir="$output" --jobs="$(nproc)" --raw_output=kunit)
    need_tree
    ! command -v ccache >/dev/null || options+=(--make_options="CC=ccache gcc")
    mkdir -p "$output"
    # Where the results go to: kunit.py succeeds in this mode whatever they are.
    said=$(cd "$tree" && CCACHE_DEPEND=1 LC_ALL=C ./tools/testing/kunit/kunit.py run "${options[@]}" </dev/null) || {
        printf '%s\n' "$said"
        die "kunit.py failed (above)"
    }
    tap_of_kunit dma-heap-read <<<"$said" || die "the suite dma-heap-read did not succeed (above)"
}

# Builds the kselftests of heaps into build/selftests-BASE, with the headers of build/kernel-BASE.
tree_selftests()
{
    local output=$top/build/selftests-$base headers=$top/build/kernel-$base/usr/include
    [ -f "$headers/linux/dma-heap.h" ] || die "${headers#"$top"/} is missing; run 'scripts/kernel build $base'"
    need_tree
    mkdir -p "$output"
    make -s -C "$tree/tools/testing/selftests/dmabuf-heaps" OUTPUT="$output" KHDR_INCLUDES="-isystem $headers" </dev/null
}

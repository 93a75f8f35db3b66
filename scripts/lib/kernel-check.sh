# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Checks a series patch by patch, in a work tree of its own beside build/linux-<base>. Reports as TAP.

# New files of the series that hold the engine.
engine_files=(drivers/dma-buf/dma-heap-read.c drivers/dma-buf/dma-heap-read.h drivers/dma-buf/dma_heap_trace.h)

# checkpatch messages that do not apply here:
# FILE_PATH_CHANGES  asks for a MAINTAINERS entry whenever a file is new; drivers/dma-buf has one.
checkpatch_ignore=FILE_PATH_CHANGES

# Warnings without what differs from patch to patch: folders and line numbers.
normalize()
{
    { grep -E '(warning|error|Warning|Error):' || true; } |
        sed -E -e "s,$check/,,g" -e 's,^(\.\./)+,,' -e 's/:[0-9]+(:[0-9]+)?:/:/g' | sort -u
}

# The touched files of a patch that exist after it, one a line.
touched_files()
{
    plain_git -C "$check" diff --name-only --diff-filter=d "$1"
}

# Compiles what changed since the last call in drivers/dma-buf, and other .c files that the patch touched.
compile_changed()
{
    local file
    local -a targets=(drivers/dma-buf/)
    for file in "$@"; do
        case $file in
        drivers/dma-buf/* | tools/* | Documentation/*) ;;
        *.c) targets+=("${file%.c}.o") ;;
        esac
    done
    [[ " $* " != */Kconfig* ]] || configure "$check" "$check_output" || return
    kmake "$check" "$check_output" -j"$(nproc)" W=1 C=1 CHECK=sparse "${targets[@]}"
}

check_compile()
{
    local name=$1 log=$check_output/check.log new
    shift
    if ! compile_changed "$@" >"$log" 2>&1; then
        tap_not_ok "$name builds" "$(grep -E 'error|Error' "$log" || tail -n 20 "$log")"
        return
    fi
    new=$(comm -13 "$check_output/warnings.base" <(normalize <"$log"))
    if [ -z "$new" ]; then
        tap_ok "$name builds without new warnings (W=1, sparse)"
    else
        tap_not_ok "$name builds without new warnings (W=1, sparse)" "$new"
    fi
}

# Debian's python3 has the modules that checkpatch's licence check wants, whatever else comes first in PATH.
run_checkpatch()
{
    (cd "$check" && PATH=/usr/bin:/bin perl scripts/checkpatch.pl --strict --show-types --color=never \
        --ignore "$checkpatch_ignore" "$1")
}

doc_warnings() { perl "$check/scripts/kernel-doc" -none -Wall "$1" 2>&1 | sed "s,$2/,," | normalize; }

# New kernel-doc warnings in the files given: a new file may have none, another no more than at the base.
run_kernel_doc()
{
    local file new scratch
    scratch=$(mktemp -d)
    for file in "$@"; do
        case $file in drivers/*.[ch] | include/*.h) ;; *) continue ;; esac
        mkdir -p "$scratch/${file%/*}"
        : >"$scratch/$file"
        tgit show "base:$file" >"$scratch/$file" 2>/dev/null || true
        new=$(comm -13 <(doc_warnings "$scratch/$file" "$scratch") <(doc_warnings "$check/$file" "$check"))
        [ -z "$new" ] || say "$new"
    done >"$scratch/new"
    cat "$scratch/new"
    [ ! -s "$scratch/new" ] || {
        rm -rf "$scratch"
        return 1
    }
    rm -rf "$scratch"
}

check_patch()
{
    local patch=$1 name=${1##*/} files before
    before=$(plain_git -C "$check" rev-parse HEAD)
    if ! am_one "$check" "$patch"; then
        tap_not_ok "$name applies"
        return 1
    fi
    tap_ok "$name applies"
    mapfile -t files < <(touched_files "$before")
    step "$name passes checkpatch --strict" run_checkpatch "$patch"
    check_compile "$name" "${files[@]}"
    step "$name adds no kernel-doc warning" run_kernel_doc "${files[@]}"
}

check_export()
{
    local out status=0
    out=$(mktemp -d)
    format_series "$check" base HEAD "$out"
    patch_names "$out" >"$out/series"
    diff -u -r -x BASE -x 0000-cover-letter.patch "$patches" "$out" || status=1
    rm -rf "$out"
    [ "$status" -eq 0 ] || say "Export the series: scripts/kernel apply $base && scripts/kernel export $base"
    return "$status"
}

check_uapi()
{
    local installed=$check_output/usr/include/linux/dma-heap.h
    kmake "$check" "$check_output" -s headers_install INSTALL_HDR_PATH="$check_output/usr" || return 1
    diff -u "$top/uapi/linux/dma-heap.h" "$installed" || {
        say "Take the installed one: cp ${installed#"$top"/} uapi/linux/"
        return 1
    }
}

check_series()
{
    local patch file
    with_lock "$tree.lock" ensure_base
    second_tree "$check" base
    with_clock "prepare the check's build folder" prepare_check || exit 1
    for patch in "${series[@]}"; do
        check_patch "$patch" || break
    done
    if [ "$patch" != "${series[-1]}" ]; then
        tap_done
        return
    fi
    for file in "${engine_files[@]}"; do
        [ -f "$check/$file" ] || {
            tap_not_ok "the series creates $file"
            continue
        }
        step "$file has complete kernel-doc" perl "$check/scripts/kernel-doc" -none -Wall -Werror "$check/$file"
    done
    step "the cover letter names the base commit" grep -qx "base-commit: $base_commit" "$patches/0000-cover-letter.patch"
    step "the guest's configuration is met by the patched tree" require_options "$check_output/.config"
    if [ "$(tree_state version)" = "$base_version" ]; then
        step "an export has no diff" check_export
    else
        tap_skip "an export has no diff" "this tree is $(tree_state version), BASE says $base_version"
    fi
    step "uapi/linux/dma-heap.h is what headers_install gives" check_uapi
    tap_done
}

# Configures, makes what every object needs, and notes the warnings that the base itself has here.
prepare_check()
{
    configure "$check" "$check_output"
    # All of the folder, so that the list of its warnings is complete.
    [ ! -d "$check_output/drivers/dma-buf" ] || find "$check_output/drivers/dma-buf" -name '*.o' -delete
    kmake "$check" "$check_output" -j"$(nproc)" W=1 C=1 CHECK=sparse drivers/dma-buf/ \
        >"$check_output/base.log" 2>&1 || {
        tail -n 20 "$check_output/base.log"
        return 1
    }
    normalize <"$check_output/base.log" >"$check_output/warnings.base"
}

tree_check()
{
    check=$top/build/linux-$base-check
    check_output=$top/build/kernel-$base-check
    # With the tests that the series brings, so that they are looked at as well.
    select_variant kunit
    select_arch
    select_fragments
    read_series
    [ "${#series[@]}" -gt 0 ] || die "kernel-patches/$base/series is missing or empty: there is nothing to check"
    with_lock "$check_output.lock" check_series
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Variants of a base's kernel. A variant is a name that adds to the configuration
# (tests/guest/config/variants/NAME.config), or to the series (kernel-patches/NAME/BASE), or to both.

# Prints the variants that there are, for all bases, on one line.
variant_names()
{
    local path
    for path in "$top"/tests/guest/config/variants/*.config "$top"/kernel-patches/*/*/series; do
        [ -f "$path" ] || continue
        path=${path%/*/series}
        path=${path##*/}
        say "${path%.config}"
    done | sort -u | paste -sd ' '
}

# Sets what the build of a variant uses; $1: its name, or nothing for the kernel that the series is for.
select_variant()
{
    variant=$1
    # Of no variant, nothing: an empty name is not looked for.
    variant_fragment=${variant:+$top/tests/guest/config/variants/$variant.config}
    variant_patches=${variant:+$top/kernel-patches/$variant/$base}
    variant_tree=$tree
    [ -n "$variant" ] || return 0
    if [ -e "$variant_patches/series" ]; then
        variant_tree=$tree-$variant
    elif [ ! -f "$variant_fragment" ]; then
        die "there is no variant '$variant' of $base: neither ${variant_fragment#"$top"/} nor" \
            "${variant_patches#"$top"/}/series exists. Variants: $(variant_names)"
    fi
}

variant_has_tree() { [ "$variant_tree" != "$tree" ]; }

variant_series_hash()
{
    variant_has_tree || return 0
    read_series "$variant_patches"
    hash_of_files "${series[@]}"
}

# A variant with patches is built from a tree of its own: the commits of build/linux-BASE, and its patches on top.
make_variant_tree()
{
    variant_has_tree || return 0
    [ -z "$(tgit status --porcelain | head -n 1)" ] ||
        die "build/linux-$base has edits that are not committed, and ${variant_patches#"$top"/} goes on top of" \
            "commits: commit or stash them first"
    with_lock "$variant_tree.lock" apply_variant
}

apply_variant()
{
    local patch
    second_tree "$variant_tree" "$(tgit rev-parse HEAD)"
    read_series "$variant_patches"
    for patch in "${series[@]}"; do
        am_one "$variant_tree" "$patch" ||
            die "${patch#"$top"/} does not apply on top of kernel-patches/$base." \
                "The patches before it are in ${variant_tree#"$top"/}."
    done
    say "${variant_tree#"$top"/}: build/linux-$base and ${#series[@]} patches" >&2
}

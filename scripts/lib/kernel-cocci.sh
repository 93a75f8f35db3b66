# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the kernel's semantic patches (scripts/coccinelle) say of drivers/dma-buf with the series, and did not say of the
# base. All of them take minutes, for which this is no part of "check". smatch, which follows values through functions,
# would be the next to ask, but Debian does not package it.

cocci_folder=drivers/dma-buf

# A mistake that one of them knows (free/ifnullfree.cocci). It is put into the base's folder: if nothing is said of it,
# nothing would be of another.
cocci_planted=$cocci_folder/planted.c
plant_mistake()
{
    printf '%s\n' 'void planted(const void *p)' '{' '    if (p != NULL)' '        kfree(p);' '}'
}

# cocci_report LOG: what is said of the tree as it is, sorted, without the numbers of lines, as the series moves them.
# The whole output is in LOG.
cocci_report()
{
    kmake "$check" "$check_output" coccicheck MODE=report M="$check/$cocci_folder" >"$1" 2>&1 || return
    { grep -E "$cocci_folder/[^ :]+:[0-9]+:" "$1" || true; } | sed -e "s,$check/,,g" -e 's,^\./,,' | sort -u |
        sed -E -e 's/:[0-9]+(:[0-9]+-[0-9]+)?:/:/g' -e 's/\b(lines?) [0-9]+(, ?[0-9]+)*/\1/g' | sort
}

# Two reports of the same words in one file are two lines: a second one is new as well.
cocci_says_nothing_new()
{
    local new
    cocci_report "$check_output/coccicheck-series.log" >"$check_output/coccicheck.series" || {
        tail -n 20 "$check_output/coccicheck-series.log"
        return 1
    }
    new=$(comm -13 "$check_output/coccicheck.base" "$check_output/coccicheck.series")
    [ -z "$new" ] || {
        say "$new"
        say "The places are in ${check_output#"$top"/}/coccicheck-series.log"
        return 1
    }
}

cocci_knows_the_base()
{
    local status=0
    plant_mistake >"$check/$cocci_planted"
    cocci_report "$check_output/coccicheck-base.log" >"$check_output/coccicheck.base" || status=$?
    rm "$check/$cocci_planted"
    [ "$status" -eq 0 ] || {
        tail -n 20 "$check_output/coccicheck-base.log"
        return 1
    }
    grep -F "$cocci_planted:" "$check_output/coccicheck.base" || {
        say "nothing is said of the mistake that was planted; all that was said is in" \
            "${check_output#"$top"/}/coccicheck-base.log"
        return 1
    }
}

cocci_applies_the_series()
{
    local patch
    for patch in "${series[@]}"; do
        am_one "$check" "$patch" || return
    done
}

check_cocci()
{
    with_lock "$tree.lock" ensure_base
    second_tree "$check" base
    mkdir -p "$check_output"
    step "coccinelle finds a mistake that was planted in the base" cocci_knows_the_base
    step "the series applies" cocci_applies_the_series
    step "coccinelle says nothing new of $cocci_folder" cocci_says_nothing_new
    tap_done
}

# In the work tree of "check", and so not at the same time.
tree_coccicheck()
{
    check=$top/build/linux-$base-check
    check_output=$top/build/kernel-$base-check
    select_arch
    read_series
    [ "${#series[@]}" -gt 0 ] || die "kernel-patches/$base/series is missing or empty: there is nothing to check"
    command -v spatch >/dev/null || die "spatch is missing: run scripts/install-deps"
    with_lock "$check_output.lock" check_cocci
}

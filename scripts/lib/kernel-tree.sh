# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The kernel tree of a base: made from Debian's source package and the patch series, and written back to it.
# Every commit in it has the same hash on every machine, so that base-commit lines mean something.

# Sets what the other functions use. $1: the base, a folder of kernel-patches/.
select_base()
{
    base=$1
    patches=$top/kernel-patches/$base
    tree=$top/build/linux-$base
    [ -f "$patches/BASE" ] || die "there is no base '$base': kernel-patches/$base/BASE is missing." \
        "Bases: $(cd "$top/kernel-patches" && printf '%s ' */BASE | sed 's,/BASE,,g')"
    base_package=$(base_value package)
    base_version=$(base_value version)
    base_commit=$(base_value commit)
    [ -n "$base_package" ] && [ -n "$base_version" ] || die "$patches/BASE must name a package and a version"
}

base_value() { sed -n "s/^$1=//p" "$patches/BASE"; }

# Sets series to the patch files in order, as full paths. $1: their folder, unless it is the base's.
read_series()
{
    local folder=${1:-$patches} name
    series=()
    [ -f "$folder/series" ] || return 0
    while read -r name; do
        [ -n "$name" ] || continue
        [ -f "$folder/$name" ] || die "${folder#"$top"/}/series names $name, which does not exist"
        series+=("$folder/$name")
    done <"$folder/series"
}

series_hash()
{
    read_series
    hash_of_files "${series[@]}"
}

tgit() { plain_git -C "$tree" "$@"; }

# What apply and export left behind, to tell whether somebody has worked on the tree since.
tree_state() { sed -n "s/^$1=//p" "$tree/.git/dmaload-state" 2>/dev/null || true; }
write_tree_state()
{
    printf '%s\n' "version=$(<"$tree/.git/dmaload-version")" "head=$(tgit rev-parse HEAD)" "series=$1" \
        >"$tree/.git/dmaload-state"
}

# Whether all that the tree holds came from the series (or is in it by an export).
tree_is_unedited()
{
    [ "$(tgit rev-parse HEAD)" = "$(tree_state head)" ] && [ ! -d "$tree/.git/rebase-apply" ] &&
        [ -z "$(tgit status --porcelain | head -n 1)" ]
}

# Prints the .deb of the base's source package; downloads it if it is not here. apt checks its hash.
fetch_source()
{
    local package=$1 version=$2 dir=$top/build/download found
    mkdir -p "$dir"
    if ! apt_has "$package" "$version"; then
        found=$(apt-cache policy "$package" 2>/dev/null | sed -n 's/^ *Candidate: *//p')
        if [ -z "$found" ] || [ "$found" = "(none)" ]; then
            die "apt knows no package $package. This needs Debian 12 with its security archive;" \
                "run scripts/install-deps (or apt-get update) first."
        fi
        warn "apt no longer has $package $version, which kernel-patches/$base/BASE names; taking $found." \
            "The series may not apply, and nothing can be exported from this tree."
        version=$found
    fi
    (cd "$dir" && with_clock "download $package $version" apt-get download -q "$package=$version")
    # A colon of an epoch is written as %3a in file names.
    ls "$dir/${package}_${version//:/%3a}"_*.deb
}

unpack_source()
{
    local deb=$1 dir=$2 member
    member=./usr/src/$base_package.tar.xz
    dpkg-deb --fsys-tarfile "$deb" | tar -xO "$member" | xz -dT0 | tar -x --strip-components=1 -C "$dir"
    # Debian's packaging adds lines that ignore all files; new ones of the series would be overlooked.
    sed -i '/^# Debian packaging: ignore everything/,$d' "$dir/.gitignore"
}

# An empty repository in $1 that no setting of this machine reaches, also when its user works in it.
init_repository()
{
    plain_git init -q --template= --object-format=sha1 --initial-branch=series "$1"
    mkdir -p "$1/.git/info"
    # Over .gitattributes: no conversion, and hunk headers by a pattern of ours instead of this git's.
    printf '* -text -ident -filter -working-tree-encoding diff=kernel\n' >"$1/.git/info/attributes"
    local setting
    for setting in core.autocrlf=false core.fileMode=true core.symlinks=true core.quotePath=true \
        core.excludesFile=/dev/null core.attributesFile=/dev/null core.hooksPath=/dev/null \
        core.untrackedCache=true commit.gpgSign=false gc.auto=0 \
        'diff.kernel.xfuncname=^[[:alpha:]$_].*[^:]$'; do
        plain_git -C "$1" config "${setting%%=*}" "${setting#*=}"
    done
}

commit_base()
{
    local version=$1
    # As one pack, lightly compressed, instead of 86,000 loose objects.
    tgit -c core.bigFileThreshold=1 -c core.compression=1 add -A -f
    local committer_name=Debian committer_email=debian-kernel@lists.debian.org
    GIT_AUTHOR_NAME=$committer_name GIT_AUTHOR_EMAIL=$committer_email GIT_AUTHOR_DATE='@0 +0000' \
        GIT_COMMITTER_DATE='@0 +0000' tgit commit -q --no-verify -m "$base_package $version"
    tgit tag base
}

# Makes build/linux-<base> with the base commit alone.
create_tree()
{
    local deb final=$tree version
    deb=$(fetch_source "$base_package" "$base_version")
    version=$(dpkg-deb -f "$deb" Version)
    local tree=$final.new
    rm -rf "$tree"
    mkdir -p "$tree"
    with_clock "unpack $base_package $version" unpack_source "$deb" "$tree" || exit 1
    init_repository "$tree"
    printf '%s\n' "$version" >"$tree/.git/dmaload-version"
    with_clock "commit it as the base (about a minute)" commit_base "$version" || exit 1
    write_tree_state none
    if [ "$version" = "$base_version" ] && [ -n "$base_commit" ] &&
        [ "$(tgit rev-parse base)" != "$base_commit" ]; then
        die "the base commit made here is $(tgit rev-parse base), kernel-patches/$base/BASE says $base_commit." \
            "Same package, other content: was $deb changed? Remove it and try again."
    fi
    rm -rf "$final"
    mv "$tree" "$final"
}

# am_one DIR PATCH: one patch as a commit, exactly, or not at all.
am_one()
{
    local dir=$1 patch=$2 said
    if ! said=$(plain_git -C "$dir" am -q --no-3way --no-scissors --whitespace=nowarn \
        --committer-date-is-author-date "$patch" 2>&1); then
        plain_git -C "$dir" am --abort >/dev/null 2>&1 || true
        grep -E '^(error|fatal):' <<<"$said" | sed 's/^/    /' >&2
        return 1
    fi
}

# second_tree DIR COMMIT: another work tree of the base's repository, as it is in COMMIT.
second_tree()
{
    local dir=$1 commit=$2
    if ! plain_git -C "$dir" rev-parse -q --verify base >/dev/null 2>&1 ||
        [ "$(plain_git -C "$dir" rev-parse --git-common-dir 2>/dev/null)" != "$tree/.git" ]; then
        rm -rf "$dir"
        tgit worktree prune
        with_clock "check out ${dir#"$top"/}" tgit worktree add -q --detach "$dir" "$commit" || exit 1
    fi
    plain_git -C "$dir" am --abort >/dev/null 2>&1 || true
    plain_git -C "$dir" checkout -q -f --detach "$commit"
    plain_git -C "$dir" clean -q -f -d
}

apply_series()
{
    local patch
    read_series
    for patch in "${series[@]}"; do
        if ! am_one "$tree" "$patch"; then
            write_tree_state incomplete
            die "${patch#"$top"/} does not apply to $base_package $(<"$tree/.git/dmaload-version")." \
                "The patches before it are in build/linux-$base."
        fi
    done
    write_tree_state "$(series_hash)"
    say "build/linux-$base: $base_package $(<"$tree/.git/dmaload-version") and ${#series[@]} patches" >&2
}

# Makes sure that the base commit exists; says nothing of what is on top of it.
ensure_base()
{
    if [ ! -f "$tree/.git/dmaload-state" ]; then
        [ ! -e "$tree" ] || die "build/linux-$base exists but was not made by 'scripts/kernel apply'; move it away"
        create_tree
    fi
}

# tree_apply [--force]
tree_apply()
{
    local force=${1:-}
    read_series # before anything is changed: it may be at fault
    ensure_base
    if ! tree_is_unedited && [ "$force" != --force ]; then
        die "build/linux-$base has commits or edits that are not in kernel-patches/$base." \
            "Keep them by 'scripts/kernel export $base' (commit first), or lose them by" \
            "'scripts/kernel apply --force $base'."
    fi
    if [ "$(tree_state version)" != "$base_version" ] && apt_has "$base_package" "$base_version"; then
        say "build/linux-$base is $(tree_state version); BASE says $base_version: making it anew" >&2
        create_tree
    fi
    if [ "$force" != --force ] && [ "$(tree_state series)" = "$(series_hash)" ]; then
        say "build/linux-$base is up to date" >&2
        return
    fi
    tgit am --abort >/dev/null 2>&1 || true
    tgit checkout -q -f -B series base
    [ "$force" != --force ] || tgit clean -q -f -d
    apply_series
}

# format_series DIR FROM TO OUT: commits as patch files that depend on nothing but the commits.
format_series()
{
    local dir=$1 from=$2 to=$3 out=$4
    mkdir -p "$out"
    plain_git -C "$dir" -c core.quotePath=true format-patch -q -o "$out" --suffix=.patch --start-number 1 \
        --no-numbered --subject-prefix=PATCH --filename-max-length=64 --zero-commit --no-signature --no-from \
        --no-thread --no-attach --no-cover-letter --no-notes --encode-email-headers --base="$from" \
        -p --stat=72 --summary --no-color --no-ext-diff --no-textconv -U3 --diff-algorithm=myers \
        --indent-heuristic --inter-hunk-context=0 --find-renames=50% --full-index --src-prefix=a/ \
        --dst-prefix=b/ "$from..$to"
}

# The patch files of a folder, without the cover letter, which is written by hand.
patch_names() { (cd "$1" && find . -maxdepth 1 -name '[0-9]*.patch' ! -name 0000-cover-letter.patch -printf '%f\n' | sort); }

tree_export()
{
    local out name changed=0
    [ -f "$tree/.git/dmaload-state" ] || die "there is no build/linux-$base to export; run 'scripts/kernel apply $base'"
    [ "$(tree_state version)" = "$base_version" ] ||
        die "build/linux-$base is $base_package $(tree_state version), BASE says $base_version." \
            "Patches from it would name another base commit: change version= and commit= in BASE first."
    [ ! -d "$tree/.git/rebase-apply" ] && [ ! -d "$tree/.git/rebase-merge" ] ||
        die "a rebase or git am is under way in build/linux-$base; finish it first"
    [ -z "$(tgit status --porcelain | head -n 1)" ] ||
        die "build/linux-$base has edits that are not committed; commit or stash them first"
    tgit merge-base --is-ancestor base HEAD || die "build/linux-$base is not on top of its base commit"
    [ -z "$(tgit rev-list --min-parents=2 base..HEAD)" ] || die "build/linux-$base has merges; rebase it first"

    out=$(mktemp -d)
    format_series "$tree" base HEAD "$out"
    while read -r name; do
        [ -f "$out/$name" ] || { rm "$patches/$name" && say "removed $name" && changed=1; }
    done < <(patch_names "$patches")
    while read -r name; do
        if ! cmp -s "$out/$name" "$patches/$name"; then
            cp "$out/$name" "$patches/$name"
            chmod 644 "$patches/$name"
            say "wrote $name"
            changed=1
        fi
    done < <(patch_names "$out")
    patch_names "$out" >"$out/series"
    cmp -s "$out/series" "$patches/series" || { cat "$out/series" >"$patches/series" && changed=1; }
    rm -rf "$out"
    write_tree_state "$(series_hash)"
    [ "$changed" -eq 1 ] || say "kernel-patches/$base is up to date"
}

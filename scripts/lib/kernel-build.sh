# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Configures and builds a base's kernel for the guest, or a variant of it: allnoconfig and the fragments of
# tests/guest/config.

# Sets kernel_arch (the kernel's name of this machine's architecture) and kernel_target (what a guest boots). The variant
# "uml" is a program of this machine.
select_arch()
{
    machine=$(uname -m)
    [ "${variant:-}" != uml ] || {
        kernel_arch=um kernel_target=linux
        return
    }
    case $machine in
    x86_64) kernel_arch=x86 kernel_target=vmlinux ;;
    aarch64) machine=arm64 kernel_arch=arm64 kernel_target=Image ;;
    *) die "no guest kernel is known for this machine's architecture, $machine" ;;
    esac
}

# Sets fragments: the common ones, this architecture's, and the variant's if it has one; later ones win. UML has no
# hardware to be configured: its fragment is all.
select_fragments()
{
    local file
    fragments=("$variant_fragment")
    [ "$kernel_arch" != um ] || return 0
    fragments=()
    for file in "$top"/tests/guest/config/*.config; do
        case ${file##*/} in
        x86_64.config | arm64.config) ;;
        *) fragments+=("$file") ;;
        esac
    done
    fragments+=("$top/tests/guest/config/$machine.config")
    [ ! -f "$variant_fragment" ] || fragments+=("$variant_fragment")
    for file in "${fragments[@]}"; do
        [ -f "$file" ] || die "the kernel configuration fragment ${file#"$top"/} is missing"
    done
}

# Make in a kernel tree ($1) with output elsewhere ($2), giving the same kernel on every machine. Ccache takes the list of
# headers that the compiler writes for Kbuild. To preprocess each file first costs a quarter more when the cache is cold.
kmake()
{
    local source=$1 output=$2 cc=gcc
    shift 2
    ! command -v ccache >/dev/null || cc="ccache gcc"
    CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1 LC_ALL=C \
        make -C "$source" O="$output" ARCH="$kernel_arch" CC="$cc" LOCALVERSION=-dmaload \
        KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' KBUILD_BUILD_USER=dmaload \
        KBUILD_BUILD_HOST=build KBUILD_BUILD_VERSION=1 "$@" </dev/null
}

# configure SOURCE OUTPUT: writes OUTPUT/.config.
configure()
{
    local source=$1 output=$2
    mkdir -p "$output"
    cat "${fragments[@]}" >"$output/fragments.config"
    KCONFIG_ALLCONFIG=$output/fragments.config kmake "$source" "$output" -s allnoconfig
}

# Prints each fragment line that .config ($1) does not hold.
missing_options()
{
    awk '
        FNR == NR { if (/^CONFIG_/) { split($0, part, "="); set[part[1]] = $0 } next }
        /^CONFIG_[A-Za-z0-9_]+=/ { name = $0; sub(/=.*/, "", name); wanted[name] = $0; from[name] = FILENAME }
        /^# CONFIG_[A-Za-z0-9_]+ is not set/ { wanted[$2] = $2 "=n"; from[$2] = FILENAME }
        END {
            for (name in wanted) {
                file = from[name]
                sub(/.*\//, "", file)
                if (wanted[name] == name "=n") {
                    if (name in set) print file ": # " name " is not set  (but it is: " set[name] ")"
                } else if (set[name] != wanted[name])
                    print file ": " wanted[name] "  (" (name in set ? "it is " set[name] : "it is not set") ")"
            }
        }' "$1" "${fragments[@]}" | sort
}

require_options()
{
    local missing
    missing=$(missing_options "$1")
    [ -z "$missing" ] || die "the kernel's configuration does not hold what tests/guest/config asks for" \
        "(a dependency is missing there, or the option is not in $base):"$'\n'"$missing"
}

# show_progress TOTAL FILE: reads make's output and counts the files made; TOTAL is how many are expected.
# A terminal gets one line that changes, others one line for each tenth. FILE always holds "done total seconds".
show_progress()
{
    local total=$1 file=$2 line text made=0 percent=0 shown=0 start=$SECONDS second=-1 elapsed
    while IFS= read -r line; do
        [[ $line =~ ^\ \ [A-Z][A-Z0-9]+\ +(\[M\]\ +)?[^\ ] ]] || continue
        made=$((made + 1))
        elapsed=$((SECONDS - start))
        [ "$elapsed" -ne "$second" ] || continue
        second=$elapsed
        printf '%d %d %d\n' "$made" "$total" "$elapsed" >"$file"
        percent=$((made < total ? 100 * made / total : 99))
        text="kernel $base: $made of about $total files, $percent %, $(clock "$elapsed")"
        [ "$percent" -lt 3 ] || text+=", $(clock $((elapsed * (100 - percent) / percent))) left"
        if [ -t 2 ]; then
            printf '\r\033[K%s' "$text" >&2
        elif [ $((percent / 10)) -gt "$shown" ]; then
            shown=$((percent / 10))
            say "$text" >&2
        fi
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
    printf '%d %d %d\n' "$made" "$made" $((SECONDS - start)) >"$file"
}

# What a build is made of; a tree that somebody works on counts with its edits.
build_stamp()
{
    {
        printf "%s\n" "$base_package" "$base_version"
        series_hash
        hash_of_files "${fragments[@]}"
        gcc --version | head -n 1
        printf '%s\n' "$kernel_arch" "$kernel_target"
        if [ -f "$tree/.git/dmaload-state" ] && ! tree_is_unedited; then
            tgit rev-parse 'HEAD^{tree}'
            tgit diff HEAD
            tgit ls-files -o --exclude-standard -z | (cd "$tree" && xargs -0r sha256sum)
        fi
        variant_series_hash
    } | sha256sum | cut -d ' ' -f 1
}

kernel_image()
{
    case $kernel_target in
    Image) printf '%s\n' "$1/arch/$kernel_arch/boot/Image" ;;
    *) printf '%s\n' "$1/$kernel_target" ;;
    esac
}

build_kernel()
{
    local output=$1 stamp log=$1/build.log start=$SECONDS total made
    stamp=$(build_stamp)
    if [ "$(cat "$output/.stamp" 2>/dev/null)" = "$stamp" ] && [ -f "$(kernel_image "$output")" ]; then
        say "$(kernel_image "$output") is up to date" >&2
        return
    fi
    if [ -f "$tree/.git/dmaload-state" ] && ! tree_is_unedited; then
        warn "building build/linux-$base with the commits and edits made there"
    else
        with_lock "$tree.lock" tree_apply
    fi
    make_variant_tree
    rm -f "$output/.stamp"
    mkdir -p "$output"
    with_clock "configure" configure "$variant_tree" "$output" || exit 1
    require_options "$output/.config"
    # How many files an earlier build of all took; the first build has only an estimate.
    total=$(cat "$output/files" 2>/dev/null || base_value files)
    if ! kmake "$variant_tree" "$output" -j"$(nproc)" "$kernel_target" 2>&1 | tee "$log" |
        show_progress "${total:-2500}" "$output/progress"; then
        grep -nE 'error|Error|undefined reference' "$log" | tail -n 20 >&2
        die "the kernel does not build; the whole log is ${log#"$top"/}"
    fi
    # A build of what changed takes fewer: the largest number is that of everything.
    read -r made _ <"$output/progress"
    [ "$made" -le "$(cat "$output/files" 2>/dev/null || echo 0)" ] || say "$made" >"$output/files"
    # Programs have the headers of the machine that UML is a process of.
    [ "$kernel_arch" = um ] ||
        with_clock "install its headers" kmake "$variant_tree" "$output" -s headers_install INSTALL_HDR_PATH="$output/usr" || exit 1
    printf '%s\n' "$stamp" >"$output/.stamp"
    say "$(kernel_image "$output"): built in $(clock $((SECONDS - start)))" >&2
}

# tree_build [--VARIANT]
tree_build()
{
    local output=$top/build/kernel-$base
    select_variant "${1#--}"
    [ -z "$variant" ] || output=$output-$variant
    select_arch
    select_fragments
    with_lock "$output.lock" build_kernel "$output"
}

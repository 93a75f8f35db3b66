# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The engine as a module, for kernels that cannot be patched: the same files, taken out of the series.

# Puts the engine's files, as they are after the whole series, into build/module. Needs no kernel tree.
extract_engine()
{
    local module=$top/build/module patch file scratch
    read_series
    [ "${#series[@]}" -gt 0 ] || die "kernel-patches/$base/series is missing or empty: there is no engine to take"
    mkdir -p "$module"
    scratch=$(mktemp -d "$top/build/module.XXXXXX")
    for patch in "${series[@]}"; do
        # Outside any repository, git apply takes paths as they are.
        (cd "$scratch" && GIT_CEILING_DIRECTORIES=$top/build plain_git apply --whitespace=nowarn \
            "${engine_files[@]/#/--include=}" "$patch") ||
            die "${patch#"$top"/}: its part of the engine does not apply"
    done
    for file in "${engine_files[@]}"; do
        [ -f "$scratch/$file" ] || die "the series of $base does not create $file"
        # Left alone if it is the same, so that make does not build it again.
        cmp -s "$scratch/$file" "$module/${file##*/}" || cp "$scratch/$file" "$module/"
    done
    rm -rf "$scratch"
    # An unpatched kernel's header does not know what the engine is to read.
    install -D -m 644 "$top/uapi/linux/dma-heap.h" "$module/include/uapi/linux/dma-heap.h"
}

# Prints the folder of Debian's kernel headers of the base's version, unpacked below build/: they are not
# installed because that would install a kernel too.
debian_headers()
{
    local dir=$top/build/headers-$base package abi
    if [ ! -f "$dir/.complete" ]; then
        [ "$machine" = x86_64 ] || die "set KDIR: Debian's headers are taken for x86-64 only"
        package=$(apt-cache search --names-only "^linux-headers-$base\.[0-9]+\+deb12-cloud-amd64$" |
            cut -d ' ' -f 1 | while read -r package; do
            ! apt_has "$package" "$base_version" || say "$package"
        done)
        [ -n "$package" ] || die "apt has no linux-headers-$base.*-cloud-amd64 of version $base_version; set KDIR"
        abi=${package#linux-headers-}
        abi=${abi%-cloud-amd64}
        rm -rf "$dir"
        mkdir -p "$dir"
        with_clock "download and unpack $package" unpack_headers "$dir" "$package=$base_version" \
            "linux-headers-$abi-common=$base_version" "linux-kbuild-$abi=$base_version"
        # The only path in them that names where they would be installed.
        sed -i "s,^include /usr/src/,include $dir/usr/src/," "$dir/usr/src/$package/Makefile"
        : >"$dir/.complete"
    fi
    ls -d "$dir"/usr/src/linux-headers-*-cloud-amd64
}

# unpack_headers DIR PACKAGE=VERSION...
unpack_headers()
{
    local package
    cd "$1"
    shift
    apt-get download -q "$@"
    for package in *.deb; do
        dpkg-deb -x "$package" .
        rm "$package"
    done
}

tree_module()
{
    local headers=${KDIR:-}
    select_arch
    extract_engine
    say "build/module: $(cd "$top/build/module" && echo *.[ch])"
    [ "$1" = --build ] || return 0
    [ -n "$headers" ] || headers=$(debian_headers)
    make -C "$headers" M="$top" modules
}

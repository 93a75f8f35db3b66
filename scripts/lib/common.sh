# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What all scripts share. Sourced with $top set to the top folder of the checkout.

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die()
{
    warn "$@"
    exit 1
}

# shell_words WORD...: the words as one line that a shell takes apart again; only those that need it are quoted.
shell_words()
{
    local word line=
    for word in "$@"; do
        case $word in
        '' | *[!A-Za-z0-9_@%+=:,./-]*) line+=" ${word@Q}" ;;
        *) line+=" $word" ;;
        esac
    done
    say "${line# }"
}

# Git as if this machine and this user had no configuration: what it writes must be the same everywhere.
plain_git()
{
    LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \
        GIT_COMMITTER_NAME=${committer_name:-dmaload} GIT_COMMITTER_EMAIL=${committer_email:-dmaload@localhost} git "$@"
}
# A hook that calls these scripts has a repository set, which is not the one meant.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY

# seconds -> 3:07
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# with_clock LABEL COMMAND...: runs COMMAND quietly; a running clock on a terminal, two plain lines elsewhere.
# Its output is shown only if it fails.
with_clock()
{
    local label=$1 log start=$SECONDS pid status=0
    shift
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    if [ -t 2 ]; then
        while kill -0 "$pid" 2>/dev/null; do
            printf '\r%s ... %s ' "$label" "$(clock $((SECONDS - start)))" >&2
            sleep 0.5
        done
        printf '\r\033[K' >&2
    fi
    wait "$pid" || status=$?
    if [ "$status" -eq 0 ]; then
        printf '%s (%s)\n' "$label" "$(clock $((SECONDS - start)))" >&2
    else
        printf '%s: failed with exit code %d after %s:\n' "$label" "$status" "$(clock $((SECONDS - start)))" >&2
        tail -n 40 "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

# with_lock FILE COMMAND...: one at a time, across processes.
with_lock()
{
    local file=$1 lock status=0
    shift
    mkdir -p "${file%/*}"
    exec {lock}>"$file"
    if ! flock -n "$lock"; then
        say "waiting for another run (${file#"$top"/}) ..." >&2
        flock "$lock"
    fi
    "$@" {lock}>&- || status=$?
    exec {lock}>&-
    return "$status"
}

# Same output, same hash: the name of a state of files.
hash_of_files()
{
    local file
    for file in "$@"; do
        printf '%s\n' "${file##*/}"
        sha256sum <"$file"
    done | sha256sum | cut -d ' ' -f 1
}

# Whether apt can download this version of a package. (apt-cache show succeeds for versions that do not exist.)
apt_has() { apt-cache madison "$1" 2>/dev/null | awk -F ' *[|] *' -v version="$2" '$2 == version { found = 1 } END { exit !found }'; }

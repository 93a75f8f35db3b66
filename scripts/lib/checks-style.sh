# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The check "style": what can be said of files without building them.

# Files of the project, also those that are not committed yet; $@: patterns of git.
project_files() { git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@"; }

# Without a file list, these commands would wait for input or check nothing.
on_files()
{
    local -a command=("$@") files
    mapfile -d '' -t files
    [ "${#files[@]}" -gt 0 ] || {
        say "there are no such files"
        return 1
    }
    "${command[@]}" "${files[@]}"
}

style_cpp() { project_files '*.cpp' '*.hpp' | on_files clang-format-19 --dry-run --Werror; }

# Scripts by their first line, whatever their names are.
scripts_of()
{
    local file line
    while IFS= read -r -d '' file; do
        [ -f "$file" ] || continue
        line=
        IFS= read -r line <"$file" 2>/dev/null || true
        [[ $line != '#!'*"$1"* ]] || printf '%s\0' "$file"
    done < <(project_files)
}

# "-x" follows the sourced files, which are thereby checked in their place. SC2317 calls functions unreachable that
# are called by their name in a variable.
style_shell() { { scripts_of 'bash' && scripts_of '/sh'; } | on_files shellcheck -x -e SC2317; }

compile_python() { python3 -c 'import sys; [compile(open(f, "rb").read(), f, "exec") for f in sys.argv[1:]]' "$@"; }
style_python() { { scripts_of python3 && project_files '*.py'; } | on_files compile_python; }

# Patches and what belongs to them have the licence of the kernel files they change (kernel-patches/README.md may
# say so); licence texts have none of their own, and what dmaload report makes has none.
not_licensed_by_line=(':!LICENSES' ':!kernel-patches/**' ':!*.json' ':!.gitignore' ':!tests/userspace-fuzz/corpus'
    ':!docs/seed-table')

style_spdx()
{
    local file bad=0 used
    while IFS= read -r -d '' file; do
        [ -s "$file" ] || continue
        head -n 5 "$file" | grep -q 'SPDX-License-Identifier: ' || {
            say "$file has no SPDX-License-Identifier in its first five lines"
            bad=1
        }
    done < <(project_files . "${not_licensed_by_line[@]}")
    # Each licence that is named has its text.
    while read -r used; do
        case $used in
        GPL-2.0) used=GPL-2.0-only ;;
        esac
        [ -f "LICENSES/$used.txt" ] || {
            say "LICENSES/$used.txt is missing"
            bad=1
        }
    done < <(project_files . "${not_licensed_by_line[@]}" | xargs -0 grep -hoP -m1 '^\W*SPDX-License-Identifier: \K[\w. -]+' |
        sed -e 's/ WITH /\n/' -e 's/[ -]*$//' | tr -d ' ' | sort -u)
    return "$bad"
}

style_whitespace()
{
    # Diffs, licence texts and patterns for kernel logs have white space of their own.
    ! project_files . ':!LICENSES' ':!*.patch' ':!tests/guest/splats' | xargs -0 grep -nIE '[[:blank:]]+$' -- ||
        { say "trailing white space"; return 1; }
}

check_style()
{
    step "C++ is formatted (make format)" style_cpp
    step "shell scripts pass shellcheck" style_shell
    step "Python scripts compile" style_python
    step "each file names its licence, each licence has its text" style_spdx
    step "no trailing white space" style_whitespace
    tap_done
}

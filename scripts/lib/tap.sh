# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Results of single checks as lines of the Test Anything Protocol; scripts/run-tests.sh counts them.

tap_count=0
tap_failed=0

tap_ok()
{
    tap_count=$((tap_count + 1))
    say "ok $tap_count - $1"
}

# tap_not_ok NAME [DETAILS]
tap_not_ok()
{
    tap_count=$((tap_count + 1))
    tap_failed=$((tap_failed + 1))
    say "not ok $tap_count - $1"
    [ -z "${2:-}" ] || sed 's/^/#   /' <<<"$2"
}

# tap_skip NAME REASON
tap_skip()
{
    tap_count=$((tap_count + 1))
    say "ok $tap_count - $1 # SKIP $2"
}

# step NAME COMMAND...: COMMAND is one check; what it prints is shown when it fails.
# Exit code 77 means skipped, the reason being its last line.
step()
{
    local name=$1 output status=0
    shift
    output=$("$@" 2>&1 </dev/null) || status=$?
    case $status in
    0) tap_ok "$name" ;;
    77) tap_skip "$name" "$(tail -n 1 <<<"$output")" ;;
    *) tap_not_ok "$name" "$(tail -n 60 <<<"$output")"$'\n'"(exit code $status)" ;;
    esac
}

# tap_done: the plan; fails if a check failed, or if there was none.
tap_done()
{
    say "1..$tap_count"
    [ "$tap_failed" -eq 0 ] && [ "$tap_count" -gt 0 ]
}

# tap_of_kunit SUITE <RESULTS: prints KUnit's results as one flat TAP; fails unless the suite succeeded. The suite's line
# comes last, after those of its cases, which are indented.
tap_of_kunit()
{
    local ktap
    ktap=$(sed 's/^    //')
    printf '%s\n' "$ktap"
    grep -qE "^ok [0-9]+ $1" <<<"$ktap"
}

#!/usr/bin/env bash
# Fetches what the tests need, builds, and runs them. See --help.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/eng/common.sh"

usage() {
    cat <<'TEXT'
Usage: ./test.sh [--filter EXPRESSION]

Builds the solution and runs its tests on a throw-away PostgreSQL (or on the server that ConnectionStrings__emailops
names). The last line says "N passed, N failed, N skipped"; the exit code is 0 when none failed.

  --filter EXPRESSION   only some, as for dotnet test:  ./test.sh --filter FullyQualifiedName~Postgres
  -h, --help            this text

The browser test needs Chromium: installed here when root runs this on a Debian system; otherwise it is passed over,
and said so. So it is with Dovecot and aiosmtpd for the tests against real mail servers, with Redis, and with docker-compose and
kubectl (unpacked into the cache, not installed) for those of deploy/.
TEXT
}

filter=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --filter) [ $# -ge 2 ] || die '--filter needs an expression.' 'See ./test.sh --help.'; filter=(--filter "$2"); shift 2 ;;
        *) die "Unknown option $1." 'See ./test.sh --help.' ;;
    esac
done

find_chromium() {
    local program
    if [ -n "${EMAILOPS_CHROMIUM:-}" ]; then return 0; fi
    for program in chromium chromium-browser google-chrome google-chrome-stable; do
        if EMAILOPS_CHROMIUM=$(command -v "$program"); then export EMAILOPS_CHROMIUM; return 0; fi
    done
    unset EMAILOPS_CHROMIUM
    return 1
}

needs_sdk
if ! find_chromium; then
    if is_root && command -v apt-get >/dev/null; then
        say 'Installing Chromium for the browser test...'
        log=$(mktemp)
        { apt-get -qq -o DPkg::Lock::Timeout=600 update &&
            DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends chromium fonts-dejavu-core; } \
            >"$log" 2>&1 </dev/null || tail -n 5 "$log" >&2
        rm -f "$log"
    fi
    find_chromium || say 'NOTE: no Chromium was found, so the browser tests are passed over. Install it: sudo apt-get install chromium fonts-dejavu-core'
fi
"$root/eng/mailservers.sh" programs ||
    say 'NOTE: without Dovecot and aiosmtpd the tests against real mail servers are passed over.'
"$root/eng/redis.sh" >/dev/null ||
    say 'NOTE: without Redis the tests against a real one are passed over.'
if tools=$("$root/eng/deploytools.sh"); then export EMAILOPS_DEPLOY_TOOLS=$tools; else
    say 'NOTE: without docker-compose and kubectl the files in deploy/ are not checked.'
fi
EMAILOPS_PG_BIN=$("$root/eng/postgres.sh")
[ -n "$EMAILOPS_PG_BIN" ] && export EMAILOPS_PG_BIN || unset EMAILOPS_PG_BIN
build EmailOps.sln

results=$(mktemp -d) logs=$(mktemp -d)
trap 'rm -rf "$results" "$logs"' EXIT
export EMAILOPS_TEST_LOGS=$logs
code=0
dotnet test "$root/EmailOps.sln" -c Release --no-build --nologo --results-directory "$results" --logger 'trx' --logger 'console;verbosity=minimal' \
    ${filter[@]+"${filter[@]}"} </dev/null || code=$?

# <Counters total="3" executed="3" passed="3" failed="0" ... />
count() { cat "$results"/*.trx 2>/dev/null | sed -n "s/.*<Counters .*$1=\"\([0-9]*\)\".*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }
total=$(count total) passed=$(count passed) failed=$(count failed)
skipped=$((total - passed - failed))
# A run that broke off, or a filter that matched nothing, is not a success.
if [ "$total" = 0 ] || [ "$failed" != 0 ]; then [ "$code" != 0 ] || code=1; fi
[ "$total" != 0 ] || say 'No test was run.'
# Every secret that a test used, in everything that every host and command logged.
if [ -s "$logs/secrets" ]; then
    if found=$(grep -rnFf "$logs/secrets" --include='*.log*' "$logs"); then
        say 'Secrets stand in the logs of this run:' "$(printf '%s\n' "$found" | cut -c1-400 | head -n 10)"
        code=1
    else
        printf '%s secrets looked for in %s lines of logs: none found\n' "$(wc -l <"$logs/secrets")" "$(cat "$logs"/*.log* | wc -l)"
    fi
fi
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
exit "$code"

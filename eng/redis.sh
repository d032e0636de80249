#!/usr/bin/env bash
# Finds Redis for tests and development, or installs it (root on Debian), and prints its program on stdout.
#
#   eng/redis.sh
#
# Debian's redis-tools is enough: its redis-check-rdb is the server under another name, and no service is started with it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

find_redis() {
    local program
    for program in "$(command -v redis-server || true)" "$(command -v redis-check-rdb || true)"; do
        if [ -n "$program" ]; then printf '%s\n' "$program"; return 0; fi
    done
    return 1
}

if find_redis; then exit; fi
is_root && command -v apt-get >/dev/null || die 'Redis is not installed.' 'Install it: sudo apt-get install --no-install-recommends redis-tools'
say 'Installing Redis...'
log=$(mktemp)
{ apt-get -qq -o DPkg::Lock::Timeout=600 update &&
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends redis-tools; } \
    >"$log" 2>&1 </dev/null || tail -n 5 "$log" >&2
rm -f "$log"
find_redis || die 'Redis could not be installed.' 'Install it: apt-get install --no-install-recommends redis-tools'

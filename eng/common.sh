# Shared by run.sh, test.sh and the scripts in eng/. Sourced, never run.
# Text for people goes to stderr; stdout carries only what another program reads.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }

# die "what happened" "what to do"...: every failure names its fix.
die() {
    printf '\n%s\n' "error: $1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# The cache is shared by every checkout of one user. Root's lies outside its home, because PostgreSQL
# runs as another user there and must be able to read it.
cache_folder() {
    if [ -n "${EMAILOPS_CACHE:-}" ]; then printf '%s' "$EMAILOPS_CACHE"
    elif [ -n "${CACHE_DIR:-}" ]; then printf '%s' "$CACHE_DIR"
    elif [ -n "${XDG_CACHE_HOME:-}" ]; then printf '%s/emailops' "$XDG_CACHE_HOME"
    elif is_root; then printf '/var/cache/emailops'
    elif [ -n "${HOME:-}" ]; then printf '%s/.cache/emailops' "$HOME"
    else printf '/tmp/emailops-cache-%s' "$(id -u)"; fi
}

# setting NAME: the environment, else .env of the checkout (the host's own reader has the full rules).
setting() {
    if [ -n "${!1:-}" ]; then printf '%s' "${!1}"; return; fi
    [ -r "$root/.env" ] || return 0
    sed -n "s/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}$1[[:space:]]*=[[:space:]]*//p" "$root/.env" |
        tail -n 1 | sed "s/[[:space:]]*\$//; s/^\"\(.*\)\"\$/\1/; s/^'\(.*\)'\$/\1/"
}

# needs_space FOLDER MEGABYTES: the folder must exist.
needs_space() {
    local free
    free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    [ -z "$free" ] || [ "$free" -ge "$2" ] ||
        die "The disk of $1 has $free MB free; $2 MB are needed." "Free some space, or point $3 at a folder on another disk."
}

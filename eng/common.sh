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

# The tools started here end on Ctrl-C in their own ways; this script ends at once and says nothing more.
trap 'exit 130' INT
trap 'exit 143' TERM

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

# The SDK that global.json asks for, and a home it can write to.
needs_sdk() {
    command -v dotnet >/dev/null ||
        die 'The .NET SDK 10 was not found.' 'Install it (https://dot.net/download, or your package manager: dotnet-sdk-10.0) and start again.'
    local answer
    if ! answer=$(cd "$root" && dotnet --version 2>&1); then
        die "The .NET SDK that global.json asks for was not found: $(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$root/global.json") or a newer 10.0." \
            "Installed: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -)" \
            'Install the .NET SDK 10 (https://dot.net/download) and start again.'
    fi
    if [ -z "${DOTNET_CLI_HOME:-}" ] && ! { [ -n "${HOME:-}" ] && [ -w "${HOME:-/nowhere}" ]; }; then
        DOTNET_CLI_HOME=$(mktemp -d) NUGET_PACKAGES=${NUGET_PACKAGES:-$(cache_folder)/packages}
        export DOTNET_CLI_HOME NUGET_PACKAGES
    fi
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}

# build TARGET: quiet while it goes well. The solution is one thing: two builds of it at a time would spoil each other's output.
build() {
    local log output
    output=$root/EmailOps.AppHost
    { [ -w "$output" ] && { [ ! -e "$output/obj" ] || [ -w "$output/obj" ]; }; } ||
        die "The checkout $root cannot be written by $(id -un)." 'Clone it into a folder of your own, or build it as its owner.'
    needs_space "$root" 300 'the checkout'
    if command -v flock >/dev/null; then
        mkdir -p "$output/obj"
        exec 8>"$output/obj/build.lock"
        flock 8
    fi
    log=$(mktemp)
    say "Building ($(basename "$1"))..."
    if ! dotnet build "$root/$1" -c Release --nologo -v quiet -clp:NoSummary -nodeReuse:false >"$log" 2>&1 </dev/null 8>&-; then
        sort -u "$log" | grep -E 'error [A-Z]+[0-9]+|: error' | head -n 20 >&2 || tail -n 20 "$log" >&2
        if grep -q 'NU1301\|NU1101\|NU1102' "$log"; then
            rm -f "$log"
            die 'A package could not be fetched.' 'Check the network (and https_proxy) and the package sources (dotnet nuget list source), then start again.'
        fi
        rm -f "$log"
        die 'The build failed.' 'The reasons stand above.'
    fi
    rm -f "$log"
    exec 8>&- # lets the next build in
}

#!/usr/bin/env bash
# Finds PostgreSQL with pgvector, or fetches it, and prints the folder of its programs on stdout.
# Prints nothing when ConnectionStrings__emailops (or INDEX_DB_URL) names a server: nothing is needed then.
#
#   eng/postgres.sh            find or fetch
#   eng/postgres.sh --programs the same, whatever ConnectionStrings__emailops says
#   eng/postgres.sh --fetch    fetch into the cache even when an installed one would do
#
# Order: EMAILOPS_PG_BIN; an installed PostgreSQL >= 15 that has pgvector, newest first; the packages of
# Debian 13 unpacked (not installed) into the cache and run with their own libraries. The host stays unchanged.
set -euo pipefail
umask 022
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

major=17
cache=$(cache_folder)
tree=$cache/postgresql-$major
bin=$tree/usr/lib/postgresql/$major/bin
own_server='Or use a server of yours (PostgreSQL 15 or newer with pgvector): set ConnectionStrings__emailops to
  Host=...;Username=...;Password=...;Database=emailops'

# 15 or newer, with the extension beside it.
has_vector() {
    [ -x "$1/postgres" ] && [ -x "$1/initdb" ] && [ -x "$1/pg_ctl" ] || return 1
    local version share
    version=$("$1/postgres" --version 2>/dev/null | sed 's/.*) \([0-9]*\).*/\1/') || return 1
    [ "${version:-0}" -ge 15 ] || return 1
    share=$("$1/pg_config" --sharedir 2>/dev/null) || return 1
    [ -e "$share/extension/vector.control" ]
}

installed() {
    local folder
    while read -r folder; do
        if has_vector "$folder"; then printf '%s\n' "$folder"; return 0; fi
    done < <(
        ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql@*/bin \
            /usr/local/opt/postgresql@*/bin 2>/dev/null | sort -rV
        pg_config --bindir 2>/dev/null
    )
    return 1
}

cached() { [ -e "$tree/.ready" ] && [ -e "$tree/usr/share/postgresql/$major/extension/vector.control" ] && "$bin/postgres" --version >/dev/null 2>&1; }

# What the server needs from its own distribution, so that no library of the host is mixed in.
packages="postgresql-$major postgresql-client-$major postgresql-$major-pgvector libpq5 libc6 libgcc-s1 libstdc++6 libicu76
    libssl3t64 libxml2 libxslt1.1 liblz4-1 libzstd1 zlib1g liblzma5 libxxhash0 libpam0g libaudit1 libcap-ng0 libcap2
    libsystemd0 libuuid1 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libcom-err2 libkeyutils1 libldap2
    libsasl2-2 libcrypt1 libselinux1 libpcre2-8-0 libreadline8t64 libtinfo6 tzdata"

# Started through their own loader: with the host's, initdb would find a C library that is too old, and LD_LIBRARY_PATH
# would break the host's shell that initdb starts. PostgreSQL finds share/ beside argv[0], so the tree may move.
write_starters() {
    local folder=$1 loader=$2 libraries=$3 program
    for program in postgres initdb pg_ctl psql pg_isready pg_dump pg_restore pg_controldata; do
        mv "$folder/$program" "$folder/$program.elf"
        printf '%s\n' '#!/bin/sh' 'b=$(dirname "$(readlink -f "$0")"); r=${b%/usr/lib/postgresql/*}; n=${0##*/}' \
            "exec \"\$r/$loader\" --library-path \"\$r/$libraries\" --argv0 \"\$b/\$n\" \"\$b/\$n.elf\" \"\$@\"" >"$folder/$program"
        chmod 755 "$folder/$program"
    done
}

fetch() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
        die 'No PostgreSQL with pgvector was found, and without apt-get it cannot be fetched.' \
            'Install PostgreSQL 15 or newer and its pgvector package.' "$own_server"
    local loader libraries
    case $(dpkg --print-architecture) in
        amd64) loader=usr/lib64/ld-linux-x86-64.so.2 libraries=usr/lib/x86_64-linux-gnu ;;
        arm64) loader=usr/lib/ld-linux-aarch64.so.1 libraries=usr/lib/aarch64-linux-gnu ;;
        *) die "No PostgreSQL with pgvector was found, and for $(dpkg --print-architecture) none can be fetched." \
            'Install PostgreSQL 15 or newer and its pgvector package.' "$own_server" ;;
    esac
    mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] ||
        die "The cache folder $cache cannot be written." 'Set EMAILOPS_CACHE to a folder that you own.'
    exec 9>"$cache/.lock"
    flock -w 600 9 || die "Another start has been fetching PostgreSQL into $cache for ten minutes." 'Wait for it, or end it, then start again.'
    if cached; then return 0; fi
    rm -rf "$cache"/fetch.* # left by a start that was cut short; the lock says that none is at work
    needs_space "$cache" 400 EMAILOPS_CACHE
    work=$(mktemp -d "$cache/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    chmod 755 "$work"
    [ -e "$debian_keys" ] || die 'Debian packages cannot be checked: the Debian archive keys are not installed.' \
        'Install the package debian-archive-keyring, or PostgreSQL 15 or newer together with its pgvector package.' "$own_server"
    private_apt "$work" deb
    say 'Fetching PostgreSQL 17 with pgvector (40 MB, once)...'
    if ! { "${apt[@]}" update && cd "$work/packages" && "${apt[@]}" download $packages; } >"$work/log" 2>&1 </dev/null; then
        grep -E '^(E|W):' "$work/log" | head -n 5 >&2 || true
        needs_space "$cache" 50 EMAILOPS_CACHE
        die 'PostgreSQL could not be fetched from the Debian mirror.' \
            'Check the network (and http_proxy), then start again.' \
            'Or install PostgreSQL 15 or newer and its pgvector package; then no network is needed.' "$own_server"
    fi
    local package folder=$work/tree/usr/lib/postgresql/$major/bin
    for package in "$work"/packages/*.deb; do
        dpkg -x "$package" "$work/tree" || { needs_space "$cache" 50 EMAILOPS_CACHE; die "$(basename "$package") could not be unpacked." 'Start again.'; }
    done
    # The compiler for queries needs another 100 MB of libraries; the server is started with jit=off.
    rm -rf "$work/tree"/usr/share/{doc,man,locale} "$folder"/../lib/{bitcode,llvmjit.so}
    write_starters "$folder" "$loader" "$libraries"
    local missing
    missing=$("$work/tree/$loader" --library-path "$work/tree/$libraries" --list "$folder/postgres.elf" | grep '=>' | grep -v "$work/tree/" || true)
    [ -z "$missing" ] || die "The fetched PostgreSQL lacks libraries: $missing" 'Please report this.' "$own_server"
    (cd "$work/packages" && ls) >"$work/tree/.ready"
    rm -rf "$tree"
    mv "$work/tree" "$tree"
    cached || die "The PostgreSQL in $tree does not start." "$("$bin/postgres" --version 2>&1 | tail -n 1)"
}

if [ "${1:-}" != --fetch ]; then
    if [ "${1:-}" != --programs ] && [ -n "$(setting ConnectionStrings__emailops)$(setting INDEX_DB_URL)" ]; then exit 0; fi
    if [ -n "${EMAILOPS_PG_BIN:-}" ]; then
        [ -x "$EMAILOPS_PG_BIN/postgres" ] || die "EMAILOPS_PG_BIN=$EMAILOPS_PG_BIN holds no program postgres." 'Name the bin folder of PostgreSQL 15 or newer, or unset it.'
        printf '%s\n' "$EMAILOPS_PG_BIN"
        exit 0
    fi
    if installed; then exit 0; fi
fi
cached || fetch
printf '%s\n' "$bin"

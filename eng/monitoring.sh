#!/usr/bin/env bash
# Finds or fetches what the files of deploy/monitoring are checked with, and prints its folder on stdout: prometheus, promtool,
# alertmanager, amtool. From Debian 13, unpacked into the cache (60 MB fetched, once); nothing is installed or started.
#
#   eng/monitoring.sh            find or fetch; EMAILOPS_MONITORING_TOOLS names a folder of your own
set -euo pipefail
umask 022
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

cache=$(cache_folder)
tools=$cache/monitoring-tools
programs='prometheus promtool alertmanager amtool'

# Programs of the host do as well, if all are there.
installed() {
    local program folder=
    for program in prometheus promtool prometheus-alertmanager amtool; do
        command -v "$program" >/dev/null || return 1
    done
    folder=$cache/monitoring-links
    mkdir -p "$folder"
    for program in prometheus promtool amtool; do ln -sf "$(command -v "$program")" "$folder/$program"; done
    ln -sf "$(command -v prometheus-alertmanager)" "$folder/alertmanager"
    printf '%s\n' "$folder"
}

fetch() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null && [ -e "$debian_keys" ] ||
        die 'Prometheus cannot be fetched here: that takes apt-get, dpkg and the package debian-archive-keyring.' \
            "Or set EMAILOPS_MONITORING_TOOLS to a folder with $programs."
    mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || die "The cache folder $cache cannot be written." 'Set EMAILOPS_CACHE to a folder that you own.'
    exec 9>"$cache/.lock-monitoring-tools"
    flock -w 600 9 || die "Another start has been fetching into $cache for ten minutes." 'Wait for it, or end it, then start again.'
    [ ! -e "$tools/.ready" ] || return 0
    needs_space "$cache" 600 EMAILOPS_CACHE
    work=$(mktemp -d "$cache/fetch-monitoring.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    private_apt "$work" deb
    say 'Fetching Prometheus and Alertmanager (60 MB, once)...'
    if ! { "${apt[@]}" update && cd "$work/packages" && "${apt[@]}" download prometheus promtool prometheus-alertmanager; } >"$work/log" 2>&1 </dev/null; then
        grep -E '^(E|W):' "$work/log" | head -n 5 >&2 || true
        die 'They could not be fetched from the Debian mirror.' 'Check the network (and http_proxy), then start again.'
    fi
    local package
    for package in "$work"/packages/*.deb; do dpkg -x "$package" "$work/tree"; done
    mkdir "$work/tools"
    mv "$work/tree/usr/bin/prometheus" "$work/tree/usr/bin/promtool" "$work/tree/usr/bin/amtool" "$work/tools/"
    mv "$work/tree/usr/bin/prometheus-alertmanager" "$work/tools/alertmanager"
    "$work/tools/promtool" --version >/dev/null && "$work/tools/amtool" --version >/dev/null || die 'The fetched programs do not start.' 'Please report this.'
    touch "$work/tools/.ready"
    rm -rf "$tools"
    mv "$work/tools" "$tools"
}

if [ -n "${EMAILOPS_MONITORING_TOOLS:-}" ]; then tools=$EMAILOPS_MONITORING_TOOLS
elif [ ! -e "$tools/.ready" ] && found=$(installed); then tools=$found
elif [ ! -e "$tools/.ready" ]; then fetch; fi
for program in $programs; do
    [ -x "$tools/$program" ] || die "There is no $program in $tools." 'Name another folder in EMAILOPS_MONITORING_TOOLS, or unset it.'
done
printf '%s\n' "$tools"

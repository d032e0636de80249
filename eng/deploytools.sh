#!/usr/bin/env bash
# Finds or fetches what checks the files of deploy/, and prints its folder on stdout: docker-compose, kubectl, and the schemas of
# Kubernetes (swagger.json, autoscaling-v2.json). None of them needs an engine or a cluster. From Debian 13, unpacked into the cache
# (35 MB fetched, once); the host stays unchanged.
#
#   eng/deploytools.sh            find or fetch; EMAILOPS_DEPLOY_TOOLS names a folder of your own
set -euo pipefail
umask 022
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

cache=$(cache_folder)
tools=$cache/deploy-tools

fetch() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null && [ -e "$debian_keys" ] ||
        die 'The tools that check deploy/ cannot be fetched here: that takes apt-get, dpkg and the package debian-archive-keyring.' \
            'Or set EMAILOPS_DEPLOY_TOOLS to a folder with docker-compose, kubectl, swagger.json and autoscaling-v2.json.'
    mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || die "The cache folder $cache cannot be written." 'Set EMAILOPS_CACHE to a folder that you own.'
    exec 9>"$cache/.lock-deploy-tools"
    flock -w 600 9 || die "Another start has been fetching into $cache for ten minutes." 'Wait for it, or end it, then start again.'
    [ ! -e "$tools/.ready" ] || return 0
    needs_space "$cache" 400 EMAILOPS_CACHE
    work=$(mktemp -d "$cache/fetch-tools.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    private_apt "$work" 'deb deb-src'
    say 'Fetching docker-compose, kubectl and the schemas of Kubernetes (35 MB, once)...'
    if ! { "${apt[@]}" update && cd "$work/packages" && "${apt[@]}" download docker-compose kubectl && "${apt[@]}" source --download-only kubernetes; } \
        >"$work/log" 2>&1 </dev/null; then
        grep -E '^(E|W):' "$work/log" | head -n 5 >&2 || true
        die 'They could not be fetched from the Debian mirror.' 'Check the network (and http_proxy), then start again.'
    fi
    local package
    for package in "$work"/packages/*.deb; do dpkg -x "$package" "$work/tree"; done
    mkdir "$work/tools"
    mv "$work/tree/usr/libexec/docker/cli-plugins/docker-compose" "$work/tree/usr/bin/kubectl" "$work/tools/"
    # The program's own test data holds the schemas as the server publishes them.
    tar -xzf "$work"/packages/kubernetes_*.orig.tar.gz -C "$work/tree" --wildcards '*/kubectl/testdata/openapi/swagger.json' '*/kubectl/testdata/openapi/v3/apis/autoscaling/v2.json'
    find "$work/tree" -path '*/openapi/swagger.json' -exec mv {} "$work/tools/swagger.json" \;
    find "$work/tree" -path '*/autoscaling/v2.json' -exec mv {} "$work/tools/autoscaling-v2.json" \;
    "$work/tools/docker-compose" version >/dev/null && "$work/tools/kubectl" version --client >/dev/null || die 'The fetched programs do not start.' 'Please report this.'
    touch "$work/tools/.ready"
    rm -rf "$tools"
    mv "$work/tools" "$tools"
}

if [ -n "${EMAILOPS_DEPLOY_TOOLS:-}" ]; then tools=$EMAILOPS_DEPLOY_TOOLS; else [ -e "$tools/.ready" ] || fetch; fi
for file in docker-compose kubectl swagger.json autoscaling-v2.json; do
    [ -e "$tools/$file" ] || die "There is no $file in $tools." 'Name another folder in EMAILOPS_DEPLOY_TOOLS, or unset it.'
done
printf '%s\n' "$tools"

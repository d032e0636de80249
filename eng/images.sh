#!/usr/bin/env bash
# Builds the images of deploy/Dockerfile and runs them, without an engine and without Microsoft's registry: on a Debian base with the
# .NET of this machine in it. For root on Debian, with buildah, mmdebstrap and bubblewrap. The base differs from the real one (it has a
# shell); the steps of the Dockerfile, the user and what may be written are the same.
#
#   eng/images.sh build FOLDER                   builds all four, and unpacks them into FOLDER
#   eng/images.sh run FOLDER TARGET NAME ARGS    runs one as user 1654 on a read-only root, with FOLDER/run/NAME as its /data and /tmp.
#                                                Settings come from the environment.
set -euo pipefail
umask 022
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
PATH=$PATH:/usr/sbin

needs() {
    local program
    for program in buildah mmdebstrap bwrap; do
        command -v "$program" >/dev/null || die "There is no $program." 'Install it: apt-get install --no-install-recommends buildah mmdebstrap bubblewrap'
    done
    is_root || die 'Images are built by root here.' 'Start it as root, or build with docker: docs/deploy.md.'
}

bases() { # FOLDER
    if buildah inspect --type image localhost/emailops-base/runtime:10.0 >/dev/null 2>&1; then return; fi
    local dotnet container
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,libicu72,tzdata,libssl3,libgcc-s1,libstdc++6,zlib1g bookworm "$1/base.tar" >"$1/base.log" 2>&1 ||
        { tail -n 5 "$1/base.log" >&2; die 'The Debian base could not be made.'; }
    container=$(buildah from scratch)
    buildah add -q "$container" "$1/base.tar" / >/dev/null
    buildah add -q "$container" "$dotnet" /usr/share/dotnet >/dev/null
    # Whom this machine trusts, so that packages can be fetched through its proxy.
    buildah add -q "$container" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt >/dev/null
    buildah config --env PATH=/usr/share/dotnet:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit -q --rm "$container" localhost/emailops-base/sdk:10.0 >/dev/null
    container=$(buildah from scratch)
    buildah add -q "$container" "$1/base.tar" / >/dev/null
    buildah add -q "$container" "$dotnet/host" /usr/share/dotnet/host >/dev/null
    buildah add -q "$container" "$dotnet/shared" /usr/share/dotnet/shared >/dev/null
    buildah add -q "$container" "$dotnet/dotnet" /usr/share/dotnet/dotnet >/dev/null
    buildah config --env PATH=/usr/share/dotnet:/usr/sbin:/usr/bin:/sbin:/bin --env DOTNET_RUNNING_IN_CONTAINER=true "$container"
    buildah commit -q --rm "$container" localhost/emailops-base/runtime:10.0 >/dev/null
}

build() { # FOLDER
    local target container
    needs
    mkdir -p "$1"
    chmod 755 "$1" # user 1654 passes through
    bases "$1"
    for target in api worker web cli; do
        buildah bud -q --isolation chroot --pull-never --layers --format docker -f "$root/deploy/Dockerfile" --target "$target" \
            --build-arg SDK=localhost/emailops-base/sdk:10.0 --build-arg RUNTIME=localhost/emailops-base/runtime:10.0 -t "localhost/emailops/$target:try" "$root" >"$1/$target.log" 2>&1 ||
            { tail -n 20 "$1/$target.log" >&2; die "The image $target could not be built."; }
        container=$(buildah from --pull-never "localhost/emailops/$target:try")
        rm -rf "${1:?}/$target"
        cp -a "$(buildah mount "$container")" "$1/$target"
        buildah inspect --format '{{range .OCIv1.Config.Entrypoint}}{{println .}}{{end}}' "$container" | sed '/^$/d' >"$1/$target.entrypoint"
        buildah inspect --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' "$container" | sed '/^$/d' >"$1/$target.env"
        buildah rm "$container" >/dev/null
    done
}

run() { # FOLDER TARGET NAME ARGS
    local folder target own line settings=() entry
    folder=$(cd "$1" && pwd -P) target=$2 own=$folder/run/$3
    shift 3
    mkdir -p "$own"/{data,tmp}
    # As a volume begins: with what the image has there.
    cp -a "$folder/$target/data/." "$own/data/"
    chown -R 1654:1654 "$own"
    # What is not set here is as the image says.
    local name
    while read -r line; do
        name=${line%%=*}
        if [ "$name" = PATH ] || [ -z "${!name:-}" ]; then settings+=(--setenv "$name" "${line#*=}"); fi
    done <"$folder/$target.env"
    mapfile -t entry <"$folder/$target.entrypoint"
    exec setpriv --reuid=1654 --regid=1654 --clear-groups --no-new-privs -- bwrap --die-with-parent --unshare-user --unshare-pid --unshare-ipc --cap-drop ALL \
        --ro-bind "$folder/$target" / --bind "$own/data" /data --bind "$own/tmp" /tmp --proc /proc --dev /dev --chdir /app \
        "${settings[@]}" "${entry[@]}" "$@"
}

case ${1:-} in
    build | run) verb=$1; shift; "$verb" "$@" ;;
    *) die "Unknown: ${1:-nothing was asked}." 'See the head of eng/images.sh.' ;;
esac

#!/usr/bin/env bash
# Fetches what is missing, builds, and runs EmailOps. See --help.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/eng/common.sh"

usage() {
    cat <<'TEXT'
Usage: ./run.sh [--embedded | --aspire] [KEY=VALUE...]

Runs EmailOps: the API, the worker and the console. Stop with Ctrl-C.

  --embedded   one process on a private PostgreSQL (the choice where no container runtime is found)
  --aspire     containers for PostgreSQL, Redis and Ollama, and the Aspire dashboard
  -h, --help   this text

PostgreSQL 15 or newer with pgvector is used where it is installed, and otherwise fetched once into the cache
(Debian packages, unpacked, the system stays unchanged). Nothing else is needed but the .NET SDK 10.

Settings come from the command line, the environment, and the file .env (.env.example says which there are):

  ./run.sh                                   start; open the link that it prints
  ./run.sh WEB_PORT=9000 API_PORT=9001       on other ports
  STATE_DIR=/srv/emailops ./run.sh           keep the data somewhere else
  ./run.sh ConnectionStrings__emailops="Host=db;Username=emailops;Password=...;Database=emailops"

Data: $STATE_DIR, else $XDG_DATA_HOME/emailops, else ~/.local/share/emailops (root: /var/lib/emailops).
Cache: $EMAILOPS_CACHE, else $XDG_CACHE_HOME/emailops, else ~/.cache/emailops (root: /var/cache/emailops).
TEXT
}

arguments=()
for argument in "$@"; do
    case $argument in
        -h | --help) usage; exit 0 ;;
        --embedded | --aspire) export Topology=${argument#--} ;;
        --*) die "Unknown option $argument." 'See ./run.sh --help.' ;;
        [A-Za-z]*=*)
            # Names as the environment has them go there; Section:Key can only be an argument.
            if [[ $argument =~ ^[A-Za-z_0-9]+= ]]; then export "${argument?}"; else arguments+=("$argument"); fi ;;
        *) die "'$argument' is neither an option nor KEY=VALUE." 'See ./run.sh --help.' ;;
    esac
done

needs_sdk
# The stamp spares the build tool its look around when no file or folder has changed since the last build.
stamp=$root/EmailOps.AppHost/bin/Release/built-${Topology:-auto}
changed() {
    [ ! -s "$stamp" ] || [ -n "$(find "$root" -newer "$stamp" -not -path '*/bin/*' -not -path '*/obj/*' -not -path "$root/.git/*" -not -path "$root" \
        -not -name bin -not -name obj -not -name .env -not -path "$root/docs/*" -print -quit)" ]
}
if changed; then
    started=$(mktemp)
    build EmailOps.AppHost/EmailOps.AppHost.csproj
    (cd "$root" && dotnet msbuild EmailOps.AppHost -getProperty:Topology -nologo) >"$stamp"
    touch -r "$started" "$stamp" # what changed during the build is built next time
    rm -f "$started"
fi

profile=()
if [ "$(cat "$stamp")" = embedded ]; then
    profile=(--no-launch-profile) # the profiles are the Aspire dashboard's
    EMAILOPS_PG_BIN=$("$root/eng/postgres.sh")
    [ -n "$EMAILOPS_PG_BIN" ] && export EMAILOPS_PG_BIN || unset EMAILOPS_PG_BIN
fi
exec dotnet run --project "$root/EmailOps.AppHost" -c Release --no-build ${profile[@]+"${profile[@]}"} -- ${arguments[@]+"${arguments[@]}"}

# Debian 13 packages fetched without installing them, for the scripts in eng/. Sourced after common.sh, never run.

debian_keys=/usr/share/keyrings/debian-archive-keyring.gpg

# private_apt FOLDER TYPES: fills the array `apt` with an apt of its own: its lists and package state in FOLDER, the host's mirror and
# proxy settings. TYPES is "deb" or "deb deb-src".
private_apt() {
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        grep -E '/debian/?$' | grep -v security | head -n 1) || true
    mkdir -p "$1"/{sources,lists/partial,archives/partial,packages,tree}
    : >"$1/status"
    printf '%s\n' "Types: $2" "URIs: ${mirror:-http://deb.debian.org/debian}" 'Suites: trixie' 'Components: main' \
        "Signed-By: $debian_keys" >"$1/sources/debian.sources"
    apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$1/sources" -o Dir::Etc::preferencesparts=/dev/null
        -o "Dir::State::lists=$1/lists" -o "Dir::State::status=$1/status" -o "Dir::Cache=$1" -o Acquire::Languages=none
        -o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled=false)
}

#!/usr/bin/env bash
# Mail servers for tests and development, on loopback and without privileges: Dovecot (IMAP, IMAPS, LMTP) and a submission
# server that keeps what it is given (STARTTLS, TLS, plain). Several can run side by side.
#
#   eng/mailservers.sh programs                 installs what is missing (root on Debian), else says what to install
#   eng/mailservers.sh up FOLDER [--port N]     starts both; prints where they are as NAME=value lines
#   eng/mailservers.sh down FOLDER              stops both; the folder stays
#   eng/mailservers.sh imap-start|imap-stop FOLDER          Dovecot alone; its mails stay
#   eng/mailservers.sh user FOLDER ADDRESS PASSWORD         one more mailbox, known to both servers
#
# up takes also: --ports IMAP,IMAPS,LMTP,SMTP,SMTPS,PLAIN (six free ones; else N to N+5, N = 51100), --introspect URL (asked
# with "Authorization: Bearer TOKEN" what an OAuth token is worth), --bare (no Drafts, Sent, Trash, Junk, Archive folders).
# In FOLDER: mail/ADDRESS (Maildir), received/ (what was submitted: N.eml and N.json), users, cert.pem, dovecot.log, sink.log.
set -euo pipefail
umask 022
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages='dovecot-imapd dovecot-lmtpd openssl python3-aiosmtpd'
python=/usr/bin/python3 # Debian's own: another one on PATH has not its packages

if is_root; then user=nobody group=nogroup; else user=$(id -un) group=$(id -gn); fi
as_user() { if is_root; then setpriv --reuid="$user" --regid="$group" --clear-groups -- "$@"; else "$@"; fi; }

installed() {
    [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/lmtp ] && [ -x /usr/lib/dovecot/imap ] && command -v openssl >/dev/null &&
        "$python" -c 'import aiosmtpd' 2>/dev/null
}

programs() {
    if installed; then return; fi
    is_root && command -v apt-get >/dev/null ||
        die 'Dovecot or aiosmtpd is not installed.' "Install them: sudo apt-get install --no-install-recommends $packages"
    say 'Installing Dovecot and aiosmtpd...'
    local log
    log=$(mktemp)
    { apt-get -qq -o DPkg::Lock::Timeout=600 update &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends $packages; } \
        >"$log" 2>&1 </dev/null || tail -n 5 "$log" >&2
    rm -f "$log"
    installed || die 'Dovecot and aiosmtpd could not be installed.' "Install them: apt-get install --no-install-recommends $packages"
}

certificate() {
    [ ! -e "$folder/cert.pem" ] || return 0
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
}

# Dovecot 2.3's language; base_dir is short because a socket's path may have 107 bytes.
dovecot_settings() {
    local special=''
    [ "$bare" = yes ] || special=$(for box in Drafts Sent Trash Junk Archive; do printf '  mailbox %s {\n    special_use = \\%s\n    auto = subscribe\n  }\n' $box $box; done)
    printf '%s\n' 'introspection_mode = auth' "introspection_url = $introspect" 'username_attribute = email' 'active_attribute = active' \
        'active_value = true' >"$folder/oauth2.ext"
    cat >"$folder/dovecot.conf" <<CONF
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
first_valid_uid = 1
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
mail_uid = $user
mail_gid = $group
mail_fsync = never
mail_location = maildir:$folder/mail/%u:INDEX=$folder/home/%u/index:LAYOUT=fs
ssl = yes
ssl_cert = <$folder/cert.pem
ssl_key = <$folder/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_max_userip_connections = 200
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $folder/oauth2.ext
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  # A file a user: of a shared one Dovecot takes note once a second only, and a new user's first login may be refused.
  args = scheme=PLAIN username_format=%u $folder/logins/%u
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$folder/home/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
$special
}
service imap-login {
  chroot =
  # One process for many clients: a fork for each costs more than a test.
  service_count = 0
  client_limit = 1000
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service imap {
  client_limit = 1
  process_limit = 400
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
service anvil {
  chroot =
  # Without this a failed login takes 4 s and more.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  user = $user
}
service auth-worker {
  user = $user
}
service stats {
  chroot =
}
protocol lmtp {
  postmaster_address = postmaster@example.test
}
CONF
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A daemon's killed process can stay a zombie for seconds, so its port and its pid file tell.
wait_for() { # yes|no PORT LOG
    local n=0
    while [ $n -lt 400 ]; do
        if answers "$2"; then [ "$1" = no ] || return 0; else [ "$1" = yes ] || return 0; fi
        sleep 0.05
        n=$((n + 1))
    done
    tail -n 5 "$3" >&2 2>/dev/null || true
    die "Port $2 of the mail servers in $folder is not as it should be." "Look at $3."
}

# A daemon must not keep what its caller has open: a lock among it would be held as long as the daemon lives. In a subshell only.
close_inherited() {
    local fd
    for fd in /proc/$BASHPID/fd/*; do
        fd=${fd##*/}
        [ "$fd" -le 2 ] || eval "exec $fd>&-" 2>/dev/null || true
    done
}

imap_start() {
    rm -f "$folder/run/master.pid"
    # Its own three streams: it would keep the caller's, and a pipe would never end.
    (close_inherited; as_user /usr/sbin/dovecot -c "$folder/dovecot.conf") </dev/null >"$folder/start.log" 2>&1 ||
        { cat "$folder/start.log" >&2; die 'Dovecot does not start.' "Look at $folder/dovecot.log."; }
    wait_for yes "$imap" "$folder/dovecot.log"
}

imap_stop() {
    local pid
    pid=$(cat "$folder/run/master.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || true
    wait_for no "$imap" "$folder/dovecot.log"
}

sink_start() {
    cp "$root/eng/mailservers/sink.py" "$folder/sink.py"
    (close_inherited; as_user "$python" -W ignore "$folder/sink.py" "$folder" "$smtp" "$smtps" "$plain" "$lmtp" "$introspect") </dev/null >"$folder/sink.log" 2>&1 &
    wait_for yes "$plain" "$folder/sink.log"
}

up() {
    programs
    mkdir -p "$folder"/{run,state,mail,home,logins,received}
    folder=$(cd "$folder" && pwd -P)
    [ ${#folder} -le 70 ] || die "The path $folder is too long for the sockets in it." 'Name a folder with a shorter path.'
    touch "$folder/users"
    certificate
    dovecot_settings
    printf '%s\n' "FOLDER=$folder" "IMAP=$imap" "IMAPS=$imaps" "LMTP=$lmtp" "SMTP=$smtp" "SMTPS=$smtps" "PLAIN=$plain" "CERTIFICATE=$folder/cert.pem" \
        "DOVECOT=/usr/sbin/dovecot -c $folder/dovecot.conf" >"$folder/where"
    if is_root; then chown -R "$user:$group" "$folder"; fi
    imap_start
    sink_start
    cat "$folder/where"
}

down() {
    imap_stop
    if [ -e "$folder/sink.pid" ]; then
        kill "$(cat "$folder/sink.pid")" 2>/dev/null || true
        wait_for no "$plain" "$folder/sink.log"
        rm -f "$folder/sink.pid"
    fi
}

# Read by both servers at each login; a mailbox exists as soon as its folder does.
add_user() {
    printf '%s:{PLAIN}%s\n' "$1" "$2" >"$folder/logins/$1"
    printf '%s:{PLAIN}%s\n' "$1" "$2" >>"$folder/users"
    local box=$folder/mail/$1
    if is_root; then install -d -o "$user" -g "$group" "$box" "$box/cur" "$box/new" "$box/tmp"; else mkdir -p "$box"/{cur,new,tmp}; fi
}

verb=${1:-}
if [ "$verb" = programs ]; then
    programs
    exit
fi
folder=${2:-} base=51100 ports='' introspect=http://127.0.0.1:9/ bare=no
case $verb in up | down | imap-start | imap-stop | user) ;; *) die "Unknown: ${verb:-nothing was asked}." 'See the head of eng/mailservers.sh.' ;; esac
[ -n "$folder" ] || die 'Name a folder for the mail servers.' "eng/mailservers.sh $verb FOLDER"
shift 2
if [ "$verb" = up ]; then
    while [ $# -gt 0 ]; do
        case $1 in
            --port) base=$2; shift 2 ;;
            --ports) ports=$2; shift 2 ;;
            --introspect) introspect=$2; shift 2 ;;
            --bare) bare=yes; shift ;;
            *) die "Unknown option $1." 'See the head of eng/mailservers.sh.' ;;
        esac
    done
    [ -n "$ports" ] || ports=$base,$((base + 1)),$((base + 2)),$((base + 3)),$((base + 4)),$((base + 5))
    IFS=, read -r imap imaps lmtp smtp smtps plain <<<"$ports"
else
    [ -e "$folder/where" ] || die "No mail servers were started in $folder." "eng/mailservers.sh up $folder"
    imap=$(sed -n 's/^IMAP=//p' "$folder/where") plain=$(sed -n 's/^PLAIN=//p' "$folder/where")
fi
case $verb in
    up) up ;;
    down) down ;;
    imap-start) imap_start ;;
    imap-stop) imap_stop ;;
    user) add_user "$1" "$2" ;;
esac

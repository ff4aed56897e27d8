#!/bin/sh
# Installs Palisade from this unpacked bundle, or brings an installation up to this bundle's version. Needs no network.
# Every step looks first and does only what is missing: after an interruption, run it again.
set -eu

EX_FAILED=1 EX_USAGE=64 EX_REFUSED=69

here=$(cd -- "$(dirname -- "$0")" && pwd -P)
version=$(cat "$here/VERSION")
home=/opt/palisade
etc=/etc/palisade
data=/var/lib/palisade
unit=/etc/systemd/system/palisade.service
link=/usr/local/bin/palisade
release=$home/releases/$version
dry_run=no assume_yes=no answers_file='' trust_key=''

# What is asked, with what is taken when nobody answers.
ANSWERS="name listen rest_port im_port console_listen console_port tls tls_certificate tls_key database_url database_user database_password_file start"
answer_name=''
answer_listen=0.0.0.0
answer_rest_port=7080
answer_im_port=7081
answer_console_listen=''
answer_console_port=7082
answer_tls=own-ca
answer_tls_certificate=''
answer_tls_key=''
answer_database_url=''
answer_database_user=palisade
answer_database_password_file=''
answer_start=yes

usage() {
  cat <<END
Usage: sudo ./install.sh [OPTION]...

Installs Palisade $version, or upgrades the installation of this machine to it. Run it again after an
interruption; what is done already stays as it is.

  --answers FILE    answer every question from FILE (KEY=VALUE lines; see answers.example)
  --yes             take the default for every question
  --dry-run         check everything, say what would be done, change nothing
  --trust-key FILE  public key (PEM) that must have signed this bundle
  --help            this text

Exit codes: 0 done, 1 failed (said why; nothing is left half done that a second run does not finish),
$EX_USAGE wrong usage, $EX_REFUSED this machine or bundle is not fit (nothing was changed).
END
}

say() { echo "install: $*"; }
step() { if [ "$dry_run" = yes ]; then echo "would: $*"; else echo "- $*"; fi; }
fail() { echo "install: $*" >&2; exit "$EX_FAILED"; }
wrong() { echo "install: $*" >&2; exit "$EX_USAGE"; }

problems=0
problem() { echo "install: $*" >&2; problems=$((problems + 1)); }

# --- What was asked for -----------------------------------------------------------------------

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --answers) [ $# -gt 1 ] || wrong "--answers needs a file"; answers_file=$2; shift 2 ;;
      --trust-key) [ $# -gt 1 ] || wrong "--trust-key needs a file"; trust_key=$2; shift 2 ;;
      --yes) assume_yes=yes; shift ;;
      --dry-run) dry_run=yes; shift ;;
      -h | --help) usage; exit 0 ;;
      *) wrong "no such option: $1 (--help lists them)" ;;
    esac
  done
}

# Assigned by name, so only the names of ANSWERS and no other text reach eval.
set_answer() {
  case " $ANSWERS " in
    *" $1 "*) ;;
    *) wrong "$answers_file: no such answer: $1 (there are: $ANSWERS)" ;;
  esac
  # shellcheck disable=SC2034
  given=$2
  eval "answer_$1=\$given"
}

read_answers() {
  [ -r "$answers_file" ] || wrong "--answers: $answers_file cannot be read"
  while IFS= read -r line || [ -n "$line" ]; do
    line=$(printf '%s' "$line" | sed 's/^[[:space:]]*//;s/[[:space:]]*$//')
    case $line in
      '' | '#'*) ;;
      *=*) set_answer "$(printf '%s' "${line%%=*}" | sed 's/[[:space:]]*$//')" \
        "$(printf '%s' "${line#*=}" | sed 's/^[[:space:]]*//')" ;;
      *) wrong "$answers_file: '$line' is no KEY=VALUE" ;;
    esac
  done <"$answers_file"
}

ask() {
  printf '%s [%s]: ' "$2" "$3"
  read -r reply || reply=''
  set_answer "$1" "${reply:-$3}"
}

ask_all() {
  own_name=$(hostname -f 2>/dev/null || hostname 2>/dev/null || cat /etc/hostname)
  [ -n "$answer_name" ] || answer_name=$own_name
  if [ -n "$answers_file" ]; then
    read_answers
    return 0
  fi
  if [ "$assume_yes" = yes ] || [ ! -t 0 ]; then
    return 0
  fi
  ask name "Names and addresses users reach this server by, separated by commas" "$answer_name"
  ask listen "Address to listen on (127.0.0.1: this machine only)" "$answer_listen"
  ask rest_port "Port of the REST interface" "$answer_rest_port"
  ask im_port "Port for chat clients" "$answer_im_port"
  ask console_listen "Address the console listens on" "$answer_listen"
  ask console_port "Port of the console" "$answer_console_port"
  ask tls "TLS: own-ca (made here), files (your certificate), none" "$answer_tls"
  if [ "$answer_tls" = files ]; then
    ask tls_certificate "Certificate chain (PEM)" "/etc/ssl/certs/palisade.pem"
    ask tls_key "Private key (PEM, PKCS#8)" "/etc/ssl/private/palisade.key"
  fi
}

is_port() {
  case $1 in
    '' | *[!0-9]* | ??????*) return 1 ;;
  esac
  [ "$1" -ge 1024 ] && [ "$1" -le 65535 ]
}

# The ports that were answered.
ports() { echo "$answer_rest_port $answer_im_port $answer_console_port"; }

check_answers() {
  [ -n "$answer_console_listen" ] || answer_console_listen=$answer_listen
  case $answer_name in
    '' | *[!A-Za-z0-9.,:_-]*) problem "name: '$answer_name' is no list of host names and addresses" ;;
  esac
  for listen in "$answer_listen" "$answer_console_listen"; do
    case $listen in
      '' | *[!0-9A-Fa-f.:]*) problem "listen, console_listen: '$listen' is no address" ;;
    esac
  done
  is_port "$answer_rest_port" || problem "rest_port: '$answer_rest_port' is not within 1024 to 65535"
  is_port "$answer_im_port" || problem "im_port: '$answer_im_port' is not within 1024 to 65535"
  is_port "$answer_console_port" || problem "console_port: '$answer_console_port' is not within 1024 to 65535"
  # Unquoted on purpose: one port a line.
  # shellcheck disable=SC2046
  [ "$(printf '%s\n' $(ports) | sort -u | wc -l)" = 3 ] || problem "rest_port, im_port and console_port must differ"
  case $answer_tls in
    own-ca) ;;
    files)
      [ -r "$answer_tls_certificate" ] || problem "tls_certificate: '$answer_tls_certificate' cannot be read"
      [ -r "$answer_tls_key" ] || problem "tls_key: '$answer_tls_key' cannot be read"
      ;;
    none)
      [ "$answer_listen,$answer_console_listen" = 127.0.0.1,127.0.0.1 ] ||
        problem "tls=none needs listen=127.0.0.1 and the same for the console: anything else would be readable on the network"
      ;;
    *) problem "tls: '$answer_tls' is none of own-ca, files, none" ;;
  esac
  if [ -n "$answer_database_url" ]; then
    case $answer_database_url in
      jdbc:mysql://*) ;;
      *) problem "database_url: must begin with jdbc:mysql://" ;;
    esac
    [ -r "$answer_database_password_file" ] || problem "database_password_file: '$answer_database_password_file' cannot be read"
  fi
  case $answer_start in
    yes | no) ;;
    *) problem "start: '$answer_start' is neither yes nor no" ;;
  esac
}

# --- Is this machine and this bundle fit? -----------------------------------------------------

check_bundle() {
  [ -r "$here/SHA256SUMS" ] || { problem "SHA256SUMS is missing: the bundle is damaged; fetch it again"; return 0; }
  if ! damaged=$(cd -- "$here" && sha256sum --check --quiet --strict SHA256SUMS 2>&1); then
    problem "the bundle is damaged; fetch it again. Wrong or missing: $(echo "$damaged" | sed -n 's/: FAILED.*//p' | head -n 5 | tr '\n' ' ')"
    return 0
  fi
  # A file nobody signed for would be installed all the same.
  extra=$(cd -- "$here" && find . -type f ! -name 'SHA256SUMS*' | sed 's|^\./||' | sort >"$work/found" &&
    sed 's/^[0-9a-f]* [ *]//' SHA256SUMS | sort | comm -13 - "$work/found" | head -n 3 | tr '\n' ' ')
  [ -z "$extra" ] || problem "files that do not belong to the bundle: $extra"
}

# An upgrade must be signed by whoever signed what is installed, unless told otherwise.
check_signature() {
  key=$trust_key
  [ -n "$key" ] || [ ! -r "$etc/trusted-signing-key.pem" ] || key=$etc/trusted-signing-key.pem
  if [ -n "$key" ] && [ ! -r "$key" ]; then
    problem "--trust-key: $key cannot be read"
    return 0
  fi
  # By what is installed, which was checked before, else by what the sums above speak for; a bare system has no openssl.
  with=$here/release
  [ ! -e "$home/current/verify/palisade-verify.jar" ] || with=$home/current
  if ! signer=$("$with/jre/bin/java" -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$with/verify/palisade-verify.jar" \
    signature --key "${key:-$here/signing-key.pem}" --signature "$here/SHA256SUMS.sig" "$here/SHA256SUMS" 2>&1); then
    problem "the bundle's signature does not fit ${key:-its own key}: do not install it ($signer)"
    return 0
  fi
  [ -n "$key" ] || say "signed with the key of fingerprint $signer; compare it with the one you were given"
}

# Listening ports from the kernel itself: a bare system has neither ss nor netstat.
port_in_use() {
  hex=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v port="$hex" '$4 == "0A" { n = split($2, at, ":"); if (at[n] == port) found = 1 } END { exit !found }'
}

free_mib() {
  path=$1
  while [ ! -d "$path" ]; do path=$(dirname -- "$path"); done
  df -Pm -- "$path" | awk 'NR == 2 { print $4 }'
}

# Before anything of the bundle runs.
check_architecture() {
  [ "$(uname -s)" = Linux ] || problem "this is not Linux"
  [ "$(uname -m)" = "$(cat "$here/ARCH")" ] ||
    problem "this bundle is for $(cat "$here/ARCH"), this machine is $(uname -m)"
}

check_machine() {
  [ -d /run/systemd/system ] || problem "systemd does not run here"
  for tool in setpriv setsid flock useradd sha256sum tar awk; do
    command -v "$tool" >/dev/null || problem "$tool is missing (Debian: util-linux, passwd, coreutils, tar, mawk)"
  done
  need=$(($(du -sm "$here/release" | cut -f 1) + 100))
  [ "$(free_mib "$home")" -ge "$need" ] || problem "$home: $need MiB are needed, $(free_mib "$home") are free"
  [ -d "$data/mariadb" ] || [ "$(free_mib "$data")" -ge 1024 ] ||
    problem "$data: 1024 MiB are needed, $(free_mib "$data") are free"
  mib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
  [ "$((mib / 1024))" -ge 1500 ] || problem "2 GiB of memory are needed, there are $((mib / 1024)) MiB"
  runs=$("$here/release/jre/bin/java" -version 2>&1) ||
    problem "the bundled Java does not run here: $(echo "$runs" | head -n 1)"
  if [ -z "$answer_database_url" ]; then
    runs=$("$here/release/app/mariadb/bin/mariadbd" --no-defaults --version 2>&1) ||
      problem "the bundled database does not run here: $(echo "$runs" | head -n 1)"
  fi
}

check_ports() {
  # Taken by ourselves is as it should be.
  ! systemctl is-active --quiet palisade 2>/dev/null || return 0
  for port in $(ports); do
    ! is_port "$port" || ! port_in_use "$port" || problem "port $port is in use by another program"
  done
}

# --- Doing ------------------------------------------------------------------------------------

doing() { step "$@"; [ "$dry_run" = no ]; }

make_user() {
  if ! id palisade >/dev/null 2>&1 && doing "create the system user palisade"; then
    useradd --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin palisade ||
      fail "the user palisade cannot be created"
  fi
}

# Copied beside and moved into place: a release folder is whole or not there.
copy_release() {
  [ ! -e "$release/.complete" ] || cmp -s "$here/SHA256SUMS" "$release/.complete" || [ "$(installed_version)" != "$version" ] ||
    fail "another build of $version is installed and running; give yours another version"
  if [ -e "$release/.complete" ] && cmp -s "$here/SHA256SUMS" "$release/.complete"; then
    return 0
  fi
  doing "copy the release to $release" || return 0
  rm -rf "$home/releases/.new"
  mkdir -p "$home/releases"
  cp -a "$here/release" "$home/releases/.new"
  chown -R root:root "$home/releases/.new"
  cp "$here/SHA256SUMS" "$home/releases/.new/.complete"
  rm -rf "$release"
  sync "$home/releases/.new" 2>/dev/null || sync
  mv "$home/releases/.new" "$release"
}

make_folders() {
  if [ ! -d "$etc" ] && doing "create $etc"; then
    install -d -m 0750 -o root -g palisade "$etc"
  fi
  if [ ! -d "$data" ] && doing "create $data"; then
    install -d -m 0711 -o palisade -g palisade "$data"
  fi
  if [ ! -e "$etc/trusted-signing-key.pem" ] && doing "remember the signing key for upgrades"; then
    install -m 0644 "${trust_key:-$here/signing-key.pem}" "$etc/trusted-signing-key.pem"
  fi
}

make_certificate() {
  [ "$answer_tls" = own-ca ] || return 0
  [ ! -e "$etc/tls/server.p12" ] || return 0
  doing "create an own CA and a certificate for $answer_name" || return 0
  "$release/lib/own-ca.sh" "$release/jre/bin/keytool" "$etc/tls" "$answer_name" ||
    fail "the certificate cannot be made"
}

take_certificate() {
  [ "$answer_tls" = files ] || return 0
  cmp -s "$answer_tls_certificate" "$etc/tls/server.pem" && cmp -s "$answer_tls_key" "$etc/tls/server.key" && return 0
  doing "copy the certificate and key to $etc/tls" || return 0
  install -d -m 0750 -o root -g palisade "$etc/tls"
  install -m 0640 -o root -g palisade "$answer_tls_key" "$etc/tls/server.key"
  install -m 0640 -o root -g palisade "$answer_tls_certificate" "$etc/tls/server.pem"
}

write_settings() {
  [ ! -e "$etc/palisade.yaml" ] || return 0
  doing "write $etc/palisade.yaml" || return 0
  {
    echo "# Settings of this server. All there are, with meaning and default: palisade config reference"
    echo "rest.host: '$answer_listen'"
    echo "rest.port: $answer_rest_port"
    echo "im.host: '$answer_listen'"
    echo "im.port: $answer_im_port"
    echo "console.host: '$answer_console_listen'"
    echo "console.port: $answer_console_port"
    case $answer_tls in
      own-ca)
        echo "tls.certificate: $etc/tls/server.p12"
        echo "tls.password-file: $etc/tls/password"
        ;;
      files)
        echo "tls.certificate: $etc/tls/server.pem"
        echo "tls.key: $etc/tls/server.key"
        ;;
    esac
    if [ -n "$answer_database_url" ]; then
      echo "database.url: '$answer_database_url'"
      echo "database.user: '$answer_database_user'"
      echo "database.password-file: $etc/database-password"
    fi
  } >"$work/palisade.yaml"
  if [ -n "$answer_database_url" ]; then
    install -m 0640 -o root -g palisade "$answer_database_password_file" "$etc/database-password"
  fi
  install -m 0640 -o root -g palisade "$work/palisade.yaml" "$etc/.palisade.yaml.new"
  mv "$etc/.palisade.yaml.new" "$etc/palisade.yaml"
}

write_unit() {
  if ! cmp -s "$here/release/systemd/palisade.service" "$unit" && doing "install the systemd unit"; then
    install -m 0644 "$here/release/systemd/palisade.service" "$unit.new"
    mv "$unit.new" "$unit"
    systemctl daemon-reload
  fi
  if [ "$(readlink "$link" 2>/dev/null)" != "$home/current/bin/palisade" ] && doing "put palisade on the path ($link)"; then
    ln -sfn "$home/current/bin/palisade" "$link"
  fi
  if ! systemctl is-enabled --quiet palisade 2>/dev/null && doing "start Palisade at boot"; then
    systemctl enable --quiet palisade
  fi
}

installed_version() {
  readlink "$home/current" 2>/dev/null | sed 's|.*/||'
}

point_to() {
  ln -sfn "releases/$1" "$home/.current.new"
  mv -T "$home/.current.new" "$home/current"
}

# Before the service has it to do with users. What cannot be learned here the server does without.
learn() {
  [ ! -e "$release/app/startup.aot" ] && [ "${PALISADE_STARTUP_CACHE:-yes}" = yes ] || return 0
  if doing "have $version run once for itself, so that it starts quickly from then on (half a minute)"; then
    "$release/lib/startup-cache.sh" || true
  fi
}

first_start() {
  if [ "$(installed_version)" != "$version" ] && doing "make $version the current release"; then
    point_to "$version"
  fi
  [ "$answer_start" = yes ] || return 0
  doing "start Palisade and wait until it is ready" || return 0
  systemctl start palisade || fail "Palisade does not start: palisade logs -n 50"
  "$release/bin/palisade" wait-ready 180 ||
    fail "Palisade does not become ready: palisade logs -n 50; then run this again"
}

report() {
  [ "$dry_run" = no ] || { say "nothing was changed"; return 0; }
  echo
  "$release/bin/palisade" greeting
}

main() {
  read_options "$@"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  if [ "$(id -u)" != 0 ]; then
    echo "install: root is needed: sudo $0" >&2
    exit "$EX_REFUSED"
  fi
  exec 9>/run/lock/palisade-install.lock
  flock -n 9 || fail "another installation or upgrade is running"

  before=$(installed_version)
  if [ -z "$before" ]; then
    ask_all
    check_answers
  fi
  check_bundle
  [ "$problems" -gt 0 ] || check_architecture
  [ "$problems" -gt 0 ] || check_signature
  [ "$problems" -gt 0 ] || check_machine
  [ -n "$before" ] || check_ports
  if [ "$problems" -gt 0 ]; then
    echo "install: $problems problem(s); nothing was changed" >&2
    exit "$EX_REFUSED"
  fi

  make_user
  copy_release
  make_folders
  if [ -e "$home/.switch" ] && doing "finish the upgrade that was interrupted"; then
    "$release/lib/switch.sh" resume || exit "$EX_FAILED"
    before=$(installed_version)
  fi
  if [ -n "$before" ] && [ "$before" != "$version" ]; then
    step "upgrade from $before to $version"
    learn
    [ "$dry_run" = yes ] || "$release/lib/switch.sh" "$before" "$version" || exit "$EX_FAILED"
    write_unit
  else
    if [ -z "$before" ] || [ ! -e "$etc/palisade.yaml" ]; then
      make_certificate
      take_certificate
      write_settings
    fi
    write_unit
    learn
    first_start
  fi
  report
}

main "$@"

#!/bin/sh
# Looks at everything that usually goes wrong, a line each. Exit code 1 when something is wrong, 0 otherwise.
set -eu
# shellcheck source=installer/release/lib/common.sh
. "$(dirname -- "$0")/common.sh"
release=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
tool=$release/bin/palisade
wrong_things=0

ok() { echo "ok     $*"; }
warn() { echo "warn   $*"; }
bad() { echo "WRONG  $*"; wrong_things=$((wrong_things + 1)); }

check_service() {
  if systemctl is-active --quiet palisade; then ok "the service runs"; else bad "the service does not run: palisade start, palisade logs"; fi
  if systemctl is-enabled --quiet palisade; then ok "it starts at boot"; else warn "it does not start at boot: systemctl enable palisade"; fi
  restarts=$(systemctl show -p NRestarts --value palisade)
  [ "${restarts:-0}" = 0 ] || warn "it was restarted $restarts times since the last start by hand: palisade logs"
  if said=$("$tool" ready 2>&1); then ok "ready"; else bad "not ready: $(echo "$said" | tr '\n' ' ')"; fi
  [ ! -e "$home/.switch" ] || bad "an upgrade was interrupted: run install.sh of the new bundle again"
}

check_release() {
  if broken=$(cd -- "$release" && grep '  release/' .complete | sed 's|  release/|  |' | sha256sum --check --quiet 2>/dev/null); then
    ok "the files of release $(current_version) are as delivered"
  else
    bad "changed or missing files of the release: $(echo "$broken" | sed 's/: FAILED.*//' | head -n 5 | tr '\n' ' ')"
  fi
}

check_settings() {
  if said=$("$tool" config check 2>&1); then ok "the settings are valid"; else bad "settings: $said"; fi
  for file in "$etc/palisade.yaml" "$etc/database-password" "$etc/backup.key" "$etc"/tls/*.p12 "$etc"/tls/*.key "$etc/tls/password"; do
    [ -e "$file" ] || continue
    [ -z "$(find "$file" -perm /o=rwx)" ] || bad "$file can be read by everybody: chmod o= $file"
  done
  [ "$(stat -c %a "$data/secrets" 2>/dev/null || echo 700)" = 700 ] || bad "$data/secrets can be read by others: chmod 700 $data/secrets"
}

check_certificate() {
  if [ -r "$etc/tls/server.p12" ]; then
    until=$("$release/jre/bin/keytool" -list -v -keystore "$etc/tls/server.p12" -storepass:file "$etc/tls/password" 2>/dev/null |
      sed -n 's/.*until: //p' | head -n 1)
  elif [ -r "$etc/tls/server.pem" ]; then
    until=$("$release/jre/bin/keytool" -printcert -file "$etc/tls/server.pem" 2>/dev/null | sed -n 's/.*until: //p' | head -n 1)
  else
    warn "no TLS: only this machine can be served"
    return 0
  fi
  if ! seconds=$(date -d "$until" +%s 2>/dev/null); then
    bad "the certificate cannot be read"
    return 0
  fi
  days=$(((seconds - $(date +%s)) / 86400))
  if [ "$days" -lt 0 ]; then
    bad "the certificate expired on $until: palisade tls renew"
  elif [ "$days" -lt 30 ]; then
    warn "the certificate expires in $days days: palisade tls renew"
  else
    ok "the certificate is valid for $days days"
  fi
}

check_machine() {
  free=$(free_mib "$data")
  if [ "$free" -lt 512 ]; then bad "$data: $free MiB free; sends are refused below the reserve"
  elif [ "$free" -lt 5120 ]; then warn "$data: $free MiB free"
  else ok "$data: $((free / 1024)) GiB free"; fi
  case $(timedatectl show -p NTPSynchronized --value 2>/dev/null || true) in
    yes) ok "the clock is synchronised" ;;
    no) warn "the clock is not synchronised: records carry its time" ;;
    *) ;;
  esac
  mib=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo) / 1024))
  if [ "$mib" -lt 256 ]; then warn "$mib MiB of memory are available"; else ok "$mib MiB of memory are available"; fi
}

check_backup() {
  newest=$(find "$backups" -maxdepth 1 -name '*.backup' -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1)
  if [ -z "$newest" ]; then
    warn "no backup in $backups: palisade backup"
    return 0
  fi
  hours=$((($(date +%s) - ${newest%.*}) / 3600))
  if [ "$hours" -gt 26 ]; then warn "the newest backup is $hours hours old"; else ok "the newest backup is $hours hours old"; fi
}

check_service
check_release
check_settings
check_certificate
check_machine
check_backup
[ "$wrong_things" = 0 ] || exit "$EX_FAILED"

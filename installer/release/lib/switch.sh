#!/bin/sh
# switch.sh OLD NEW: makes release NEW the running one in place of OLD, and goes back to OLD by itself when NEW does not
# become ready. switch.sh resume: finishes what an interruption left. switch.sh back [--lose-changes]: returns to the release
# before. Called by install.sh and by the palisade command.
#
# NEW may change the tables; OLD cannot read those. So when the two releases differ in their data format, the embedded
# database is copied while it stands still, and going back restores that copy.
set -eu
# shellcheck source=installer/release/lib/common.sh
. "$(dirname -- "$0")/common.sh"

journal=$home/.switch
# How long a release may take to become ready; one that was running before gets all the time it needs.
READY_SECONDS=${PALISADE_READY_SECONDS:-180}
KNOWN_SECONDS=600

data_format() { cat "$home/releases/$1/DATA_FORMAT"; }
copy_of() { echo "$data/rollback/$1"; }

needs_copy() { [ "$(data_format "$1")" != "$(data_format "$2")" ] && is_embedded && [ -d "$data/mariadb" ]; }

copy_database() {
  kept=$(copy_of "$1")
  [ ! -e "$kept/.complete" ] || return 0
  rm -rf "$kept"
  need=$(($(du -sm "$data/mariadb" | cut -f 1) + 256))
  if [ "$(free_mib "$data")" -lt "$need" ]; then
    systemctl start palisade
    rm -f "$journal"
    refuse "$need MiB are needed in $data to keep the database as it was, $(free_mib "$data") are free; nothing was changed"
  fi
  say "keeping the database as $1 left it"
  install -d -m 0700 -o palisade -g palisade "$data/rollback" "$kept"
  cp -a --reflink=auto "$data/mariadb" "$kept/mariadb"
  sync
  : >"$kept/.complete"
}

restore_database() {
  kept=$(copy_of "$1")
  [ -e "$kept/.complete" ] || return 0
  rm -rf "$data/mariadb.failed"
  mv "$data/mariadb" "$data/mariadb.failed"
  cp -a --reflink=auto "$kept/mariadb" "$data/mariadb"
  sync
}

# A release that is neither running nor the one before is not needed any more.
forget_others() {
  for folder in "$home"/releases/*; do
    [ -d "$folder" ] || continue
    case ${folder##*/} in
      "$1" | "$2") ;;
      *) rm -rf "$folder" ;;
    esac
  done
  for folder in "$data"/rollback/*; do
    [ -d "$folder" ] || continue
    case ${folder##*/} in
      "$1") ;;
      *) rm -rf "$folder" ;;
    esac
  done
}

# is_ready RELEASE SECONDS: starts it and asks by its own command, since that of another release may be what is broken.
is_ready() { systemctl start palisade && "$home/releases/$1/bin/palisade" wait-ready "$2"; }

go() {
  old=$1 new=$2
  [ -d "$home/releases/$new" ] || fail "release $new is not there"
  echo "$old $new" >"$journal"
  systemctl stop palisade
  if needs_copy "$old" "$new"; then
    copy_database "$old"
  fi
  point_to "$new"
  if is_ready "$new" "$READY_SECONDS"; then
    echo "$old" >"$home/previous"
    rm -f "$journal"
    rm -rf "$data/mariadb.failed"
    forget_others "$old" "$new"
    say "$new is running"
    return 0
  fi
  echo "palisade: $new does not become ready; going back to $old. Its last words:" >&2
  journalctl -u palisade -n 30 --no-pager -o cat >&2 2>/dev/null || true
  systemctl stop palisade || true
  point_to "$old"
  if needs_copy "$old" "$new"; then
    restore_database "$old"
  fi
  rm -f "$journal"
  rm -rf "$(copy_of "$old")"
  if is_ready "$old" "$KNOWN_SECONDS"; then
    fail "$new did not become ready; $old is running again, with everything it had"
  fi
  fail "neither $new nor $old becomes ready: palisade logs, palisade doctor"
}

back() {
  [ -r "$home/previous" ] || refuse "there is no release before this one"
  old=$(cat "$home/previous") new=$(current_version)
  [ -d "$home/releases/$old" ] || refuse "release $old is not there any more"
  if [ "$(data_format "$old")" != "$(data_format "$new")" ]; then
    is_embedded || refuse "$old cannot read the tables of $new: restore your database's backup from before the upgrade first"
    [ -e "$(copy_of "$old")/.complete" ] || refuse "$old cannot read the tables of $new, and no copy from before is left: restore a backup"
    [ "${1:-}" = --lose-changes ] ||
      refuse "$old cannot read the tables of $new. Going back restores the database as it was before the upgrade and
loses everything since then. If that is what you want: palisade rollback --lose-changes"
  fi
  systemctl stop palisade
  if [ "$(data_format "$old")" != "$(data_format "$new")" ]; then
    restore_database "$old"
  fi
  point_to "$old"
  rm -f "$home/previous"
  is_ready "$old" "$KNOWN_SECONDS" || fail "$old does not become ready: palisade logs, palisade doctor"
  say "$old is running"
}

case ${1:?} in
  resume)
    [ -r "$journal" ] || exit 0
    read -r old new <"$journal"
    say "an upgrade from $old to $new was interrupted; going on"
    go "$old" "$new"
    ;;
  back) back "${2:-}" ;;
  *) go "$1" "$2" ;;
esac

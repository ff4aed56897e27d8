#!/bin/sh
# support-bundle.sh [FILE]: what somebody needs who helps from outside. No messages, keys, passwords or personal data: the log
# holds none by rule, settings name files and no secrets, and nothing else of the data directory is read but sizes.
set -eu
# shellcheck source=installer/release/lib/common.sh
. "$(dirname -- "$0")/common.sh"
release=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
tool=$release/bin/palisade
file=${1:-palisade-support-$(date -u +%Y%m%dT%H%M%SZ).tar.gz}
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
into=$work/palisade-support
mkdir "$into"

note() {
  name=$1
  shift
  "$@" >"$into/$name" 2>&1 || echo "(exit code $?)" >>"$into/$name"
}

note status.txt "$tool" status
note doctor.txt "$tool" doctor
note settings.txt "$tool" config show
note ready.json "$tool" ready --json
note metrics.txt "$tool" ready --metrics
# The first start prints the first administrator's link, which may not have been used.
note log.txt sh -c 'journalctl -u palisade --no-pager -o short-iso -n 20000 | sed "s/token=[^ &]*/token=(left out)/g"'
note unit.txt systemctl show palisade
note machine.txt sh -c 'uname -a; cat /etc/os-release; nproc; free -m; df -h; cat /proc/loadavg; ulimit -a'
note sizes.txt du -m --max-depth=2 "$data"
note releases.txt ls -l "$home" "$home/releases"
tar -C "$work" -czf "$file" palisade-support
say "wrote $file; look into it before you hand it on"

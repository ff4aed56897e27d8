#!/bin/sh
# startup-cache.sh: has the release it belongs to run once, with some users of its own on data of its own, and keeps what the JVM
# learned (classes as they are laid out in memory, methods that are worth compiling), so that the server starts sooner and is
# quick at once. It is made on the machine itself, as it fits only this JVM, these files and this kind of processor. Where that is
# not possible the server goes without: never a reason not to install, upgrade or start.
set -eu
# shellcheck source=installer/release/lib/common.sh
. "$(dirname -- "$0")/common.sh"
release=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
# shellcheck disable=SC2034
java_home=$release/jre app=$release/app
# shellcheck source=installer/release/lib/launch.sh
. "$release/lib/launch.sh"

cache=$(startup_cache)
work=$home/.startup
SECONDS_AT_MOST=240

without() {
  say "without a start-up cache: $*"
  exit 0
}

# As the server's user, behind everything else that wants the processors.
as_server() { nice -n 19 setpriv --reuid palisade --regid palisade --init-groups -- "$@"; }

[ "$(id -u)" = 0 ] || without "root is needed"
[ "${PALISADE_STARTUP_CACHE:-yes}" = yes ] || exit 0
[ ! -e "$cache" ] || exit 0
# A second server, beside the one that may be running.
mib=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
mib=$((mib / 1024)) need=$(($(heap) + 768))
[ "$mib" -ge "$need" ] || without "$need MiB of free memory are needed, there are $mib"
[ "$(free_mib "$home")" -ge 1024 ] || without "1024 MiB are needed in $home, $(free_mib "$home") are free"

trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
rm -rf "$work"
install -d -m 0711 -o palisade -g palisade "$work"

# The options are those of the service, or the cache would not fit it.
# shellcheck disable=SC2016
in_java='. "$0/lib/launch.sh"; java_home=$0/jre app=$0/app; java_main "$(server_options)" "$@"'
(cd "$work" && PALISADE_JAVA_OPTS="-Djava.io.tmpdir=$work" as_server timeout --kill-after 10 "$SECONDS_AT_MOST" sh -c "$in_java" "$release" \
  bench storm sendmsg --returning 500 --rest-connections 4 --warmup 1 --duration 2 --aot-output "$work/cache") >"$work/log" 2>&1 || true
[ -s "$work/cache" ] || without "$(grep -v '^[[:space:]]*at ' "$work/log" | tail -n 1)"
# One that does not fit would be told of at every start.
as_server env PALISADE_JAVA_OPTS="-XX:AOTMode=on -XX:AOTCache=$work/cache" sh -c "$in_java" "$release" --help >/dev/null 2>"$work/log" ||
  without "the JVM does not take what it made: $(head -n 1 "$work/log")"
install -m 0644 -o root -g root "$work/cache" "$cache.new"
sync "$cache.new" 2>/dev/null || sync
mv "$cache.new" "$cache"

#!/bin/sh
# Strips the bundled database server once; the marker keeps later builds from touching it.
set -eu
home=$1
marker=$home/.stripped
[ -e "$marker" ] && exit 0
if command -v strip >/dev/null 2>&1; then
  strip --strip-unneeded "$home/bin/mariadbd" || echo "strip failed: mariadbd stays large" >&2
fi
chmod 755 "$home/bin/mariadbd"
: > "$marker"

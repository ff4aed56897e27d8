#!/bin/sh
# Strips the bundled database programs once; the marker keeps later builds from touching them.
set -eu
home=$1
marker=$home/.stripped-all
[ -e "$marker" ] && exit 0
if command -v strip >/dev/null 2>&1; then
  strip --strip-unneeded "$home"/bin/* || echo "strip failed: the database programs stay large" >&2
fi
chmod 755 "$home"/bin/*
: > "$marker"

#!/bin/sh
# install-files.sh FOLDER: installs the Debian packages of a folder, in the order they need, without a mirror. What the host
# has in the same or a newer version stays.
set -eu
folder=$1
set --
for deb in "$folder"/*.deb; do
  name=$(dpkg-deb --field "$deb" Package)
  version=$(dpkg-deb --field "$deb" Version)
  there=$(dpkg-query --show --showformat '${db:Status-Status} ${Version}' "$name" 2>/dev/null || true)
  case $there in
    "installed "*) dpkg --compare-versions "${there#installed }" ge "$version" || set -- "$@" "$deb" ;;
    *) set -- "$@" "$deb" ;;
  esac
done
[ $# -gt 0 ] || exit 0
DEBIAN_FRONTEND=noninteractive exec apt-get install --yes --no-install-recommends \
  -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null \
  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"

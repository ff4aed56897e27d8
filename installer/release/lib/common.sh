# Where an installation is and what its commands share; sourced, never run.
# shellcheck shell=sh disable=SC2034

home=/opt/palisade
etc=/etc/palisade
data=/var/lib/palisade
backups=/var/backups/palisade
EX_FAILED=1 EX_USAGE=64 EX_REFUSED=69

say() { echo "palisade: $*"; }
fail() { echo "palisade: $*" >&2; exit "$EX_FAILED"; }
wrong() { echo "palisade: $*" >&2; exit "$EX_USAGE"; }
refuse() { echo "palisade: $*" >&2; exit "$EX_REFUSED"; }

need_root() { [ "$(id -u)" = 0 ] || refuse "root is needed: sudo palisade $*"; }

current_version() { readlink "$home/current" 2>/dev/null | sed 's|.*/||'; }

# Atomic, so that a program that starts meanwhile finds one release or the other.
point_to() {
  ln -sfn "releases/$1" "$home/.current.new"
  mv -T "$home/.current.new" "$home/current"
}

# Whether the database is the embedded one.
is_embedded() { ! grep -q '^database\.url: *[^ ]' "$etc/palisade.yaml" 2>/dev/null; }

free_mib() { df -Pm -- "$1" | awk 'NR == 2 { print $4 }'; }

#!/usr/bin/env bash
# Tests of the installer: makes bundles of the checkout, boots bare hosts, and runs appliance.bats on them; some minutes. It
# needs root and a kernel that lets it boot systems. Where that is not so they are left out, unless PALISADE_APPLIANCE_TEST=yes;
# PALISADE_APPLIANCE_TEST=no leaves them out everywhere. Arguments go to bats:
#   JAVA_HOME=… installer/test/run.sh --filter 'playbook brings'
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
root=$(dirname -- "$(dirname -- "$here")")

wanted=${PALISADE_APPLIANCE_TEST:-where possible}
if [ "$wanted" = no ]; then
  echo "the tests of the installer were left out, as PALISADE_APPLIANCE_TEST=no says"
  exit 0
fi
if ! reason=$("$here/hosts.sh" possible 2>&1); then
  echo "the tests of the installer boot hosts, which is not possible here: $reason" >&2
  [ "$wanted" != yes ] || exit 1
  exit 0
fi
java_home=${JAVA_HOME:?a JDK to link the runtime from}

shellcheck -x -P "$root" "$root/palisade" "$root"/.build/*.sh "$root"/installer/*.sh "$root"/installer/release/lib/*.sh \
  "$root/installer/release/bin/palisade" "$root"/ansible/roles/*/files/*.sh "$here"/*.sh
(cd "$root/ansible" && ansible-lint --offline --profile production -q)

WORK=$(mktemp -d)
export WORK LAB=$WORK/lab ANSIBLE=$root/ansible CACHE=${CACHE:-/var/cache/palisade-test}
trap '"$here/hosts.sh" down 2>/dev/null || true; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM

# Four bundles: the one to install, one whose tables differ, one that cannot start, and one that somebody else signed.
openssl genpkey -algorithm ed25519 -out "$WORK/signing.pem"
openssl genpkey -algorithm ed25519 -out "$WORK/foreign.pem"
arch=$(uname -m)
export SECOND_VERSION=0.1.1-test
export FIRST=palisade-0.1.0-test-linux-$arch SECOND=palisade-$SECOND_VERSION-linux-$arch
export BROKEN=palisade-0.1.2-broken-linux-$arch FOREIGN=palisade-0.1.3-foreign-linux-$arch
JAVA_HOME=$java_home "$root/installer/bundle.sh" --fast --version 0.1.0-test --signing-key "$WORK/signing.pem" --out "$WORK/bundle" >/dev/null
sum=$(cut -d ' ' -f 1 "$WORK/bundle/$FIRST.tar.gz.sha256")
JAVA_HOME=$java_home "$root/installer/bundle.sh" --fast --version 0.1.0-test --signing-key "$WORK/signing.pem" --out "$WORK/again" >/dev/null
if [ "$sum" = "$(cut -d ' ' -f 1 "$WORK/again/$FIRST.tar.gz.sha256")" ]; then
  echo "two bundles of one checkout are the same bytes"
else
  echo "two bundles of one checkout differ" >&2
  exit 1
fi
rm -rf "$WORK/again"
mv "$WORK/bundle/$FIRST.tar.gz" "$WORK/"

# variant NAME VERSION KEY: another bundle out of the unpacked first one, after CHANGE was run in it.
tar -xzf "$WORK/$FIRST.tar.gz" -C "$WORK"
variant() {
  local name=$1 version=$2 key=$3 change=$4
  rm -rf "${WORK:?}/$name"
  cp -al "$WORK/$FIRST" "$WORK/$name"
  (
    cd "$WORK/$name"
    rm VERSION SHA256SUMS SHA256SUMS.sig signing-key.pem
    echo "$version" >VERSION
    eval "$change"
    openssl pkey -in "$key" -pubout -out signing-key.pem
    find . -type f ! -name 'SHA256SUMS*' | sed 's|^\./||' | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS
    openssl pkeyutl -sign -inkey "$key" -rawin -in SHA256SUMS -out SHA256SUMS.sig
  )
  tar -C "$WORK" --owner=0 --group=0 -czf "$WORK/$name.tar.gz" "$name"
  rm -rf "${WORK:?}/$name"
}
variant "$SECOND" "$SECOND_VERSION" "$WORK/signing.pem" 'rm release/DATA_FORMAT; echo other >release/DATA_FORMAT'
variant "$BROKEN" 0.1.2-broken "$WORK/signing.pem" 'rm release/app/palisade-server.jar release/DATA_FORMAT; echo >release/app/palisade-server.jar; echo third >release/DATA_FORMAT'
variant "$FOREIGN" 0.1.3-foreign "$WORK/foreign.pem" 'true'
rm -rf "${WORK:?}/$FIRST"

# A plain Debian that cannot be fetched or booted says nothing of Palisade.
if ! "$here/hosts.sh" up one two three im1 db1 edge1; then
  echo "the tests of the installer were left out: this machine could not boot bare hosts" >&2
  [ "$wanted" != yes ] || exit 1
  exit 0
fi
results=$WORK/results
bats --tap --print-output-on-failure "$@" "$here/appliance.bats" | tee "$results" || true
passed=$(grep -c '^ok ' "$results" || true)
failed=$(grep -c '^not ok ' "$results" || true)
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && { [ $# -gt 0 ] || [ "$passed" = "$(grep -c '^@test' "$here/appliance.bats")" ]; }

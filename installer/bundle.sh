#!/bin/sh
# bundle.sh [--version VERSION] [--signing-key FILE] [--out FOLDER] [--fast]: makes the offline bundle out of a built
# checkout. Called by `./palisade bundle`, which sets JAVA_HOME and has built everything.
#
# Reproducible: the same commit, JDK and key give the same bytes. Times are those of the commit.
set -eu
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
out=$root/target/bundle
version='' key='' fast=no
arch=$(uname -m)

# What the server, its libraries and support need of the JDK. java.desktop is for java.beans, which Liquibase, Jackson and
# SnakeYAML use.
MODULES=java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.management.rmi,java.naming,java.net.http,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.transaction.xa,java.xml,java.xml.crypto,jdk.charsets,jdk.crypto.cryptoki,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.localedata,jdk.management,jdk.management.jfr,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs

die() { echo "bundle: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --version) version=$2; shift 2 ;;
    --signing-key) key=$2; shift 2 ;;
    --out) out=$(readlink -m -- "$2"); shift 2 ;;
    --fast) fast=yes; shift ;;
    *) echo "Usage: palisade bundle [--version VERSION] [--signing-key FILE] [--out FOLDER] [--fast]" >&2; exit 64 ;;
  esac
done
[ -n "$version" ] || version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' "$root/pom.xml" | head -n 1)
case $version in
  '' | *[!A-Za-z0-9.+~-]*) die "'$version' is no version" ;;
esac
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 1767225600)}

name=palisade-$version-linux-$arch
stage=$out/stage/$name
rm -rf "$out/stage"
mkdir -p "$stage/release"
umask 022

server() {
  app=$stage/release/app
  mkdir -p "$app"
  cp "$root/server/target/palisade-server.jar" "$app/"
  cp -r "$root/server/target/lib" "$app/lib"
  # The other machines' native libraries.
  rm -f "$app"/lib/*-linux-aarch_64.jar
  cp -r "$root/server/target/mariadb" "$app/mariadb"
  rm -f "$app"/mariadb/.stripped*
}

# Linked once for a JDK; it is the slowest step.
runtime() {
  cache=$root/target/runtime
  wanted="$(cat "$JAVA_HOME/release" 2>/dev/null) $MODULES"
  if [ ! -e "$cache/.of" ] || [ "$(cat "$cache/.of")" != "$wanted" ]; then
    rm -rf "$cache"
    mkdir -p "$root/target"
    "$JAVA_HOME/bin/jlink" --add-modules "$MODULES" --strip-debug --no-header-files --no-man-pages \
      --include-locales en,ko,zh --output "$cache"
    echo "$wanted" >"$cache/.of"
  fi
  cp -r "$cache" "$stage/release/jre"
  rm -f "$stage/release/jre/.of"
}

content() {
  cp -r "$root/installer/release/bin" "$root/installer/release/lib" "$root/installer/release/systemd" "$stage/release/"
  cp "$root/installer/install.sh" "$root/installer/answers.example" "$stage/"
  mkdir -p "$stage/release/docs"
  (cd "$root/docs" && tar -cf - .) | tar -xf - -C "$stage/release/docs"
  cp "$root/README.md" "$root/CHANGELOG.md" "$root/SECURITY.md" "$stage/release/docs/"
  if [ -d "$root/ansible" ]; then
    mkdir "$stage/ansible"
    (cd "$root/ansible" && tar -cf - --exclude=__pycache__ .) | tar -xf - -C "$stage/ansible"
  fi
  mkdir "$stage/release/verify"
  for jar in "$root"/compliance/target/palisade-verify.jar "$root"/compliance/target/palisade-witness.jar; do
    [ ! -e "$jar" ] || cp "$jar" "$stage/release/verify/"
  done
  [ ! -d "$root/compliance/verify" ] || cp "$root"/compliance/verify/*.py "$stage/release/verify/" 2>/dev/null || true
}

# The tables a release makes and the database it brings: two releases with the same can be exchanged without a copy.
data_format() {
  {
    cat "$root"/server/src/main/resources/db/*
    sed -n 's/.*<mariadb-bundle.version>\(.*\)<.*/\1/p' "$root/pom.xml"
  } | sha256sum | cut -d ' ' -f 1 >"$stage/release/DATA_FORMAT"
}

licences() {
  mkdir -p "$stage/release/licences"
  cp "$root/LICENSE" "$stage/release/licences/palisade-Apache-2.0.txt"
  cp "$root/installer/licences/"* "$stage/release/licences/"
  node "$root/installer/npm-parts.mjs" "$stage/release/licences"
  [ "$fast" = yes ] || cp "$out/sbom/bom.json" "$stage/release/licences/sbom.cdx.json"
}

sign() {
  if [ -z "$key" ]; then
    key=$out/development-signing-key.pem
    [ -e "$key" ] || (umask 077 && openssl genpkey -algorithm ed25519 -out "$key")
    echo "bundle: signed with a development key of this checkout; a release takes --signing-key" >&2
  fi
  openssl pkey -in "$key" -pubout -out "$stage/signing-key.pem"
  (cd "$stage" && find . -type f ! -name 'SHA256SUMS*' | sed 's|^\./||' | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS)
  openssl pkeyutl -sign -inkey "$key" -rawin -in "$stage/SHA256SUMS" -out "$stage/SHA256SUMS.sig"
}

server
runtime
content
data_format
licences
echo "$version" >"$stage/VERSION"
echo "$arch" >"$stage/ARCH"
chmod -R u=rwX,go=rX "$stage"
sign
level=-9
[ "$fast" = no ] || level=-1
tar -C "$out/stage" --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --format=gnu -cf - "$name" |
  gzip -n "$level" >"$out/.$name.tar.gz"
mv "$out/.$name.tar.gz" "$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
rm -rf "$out/stage"
echo "$out/$name.tar.gz"

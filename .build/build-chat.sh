#!/bin/sh
# Builds the chat page of sdk/js/demo into the server's classes. Needs neither Node nor npm: esbuild is a program of its
# own, and the one library the page uses comes as an archive from where the Java libraries come from.
set -eu
root=$1
tools=$2
out=$3
sources=$root/sdk/js

case $(uname -m) in
  x86_64)
    esbuild=$tools/esbuild
    chmod 755 "$esbuild"
    ;;
  *)
    esbuild=esbuild
    ;;
esac
mkdir -p "$out"
NODE_PATH=$tools/modules "$esbuild" "$sources/demo/src/main.tsx" \
  --bundle --minify --format=esm --target=es2020 --log-level=warning \
  --jsx=automatic --jsx-import-source=preact --legal-comments=none \
  "--alias:@palisade/chat=$sources/src/index.ts" --outfile="$out/main.js"
cp "$sources/demo/public"/* "$out/"

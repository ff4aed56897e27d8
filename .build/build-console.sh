#!/bin/sh
# Builds the pages of the management console into the server's classes; quick when nothing has changed. It needs Node.js
# 20.19 or later and npm: without them the server is built without pages, unless PALISADE_CONSOLE=required.
set -eu
root=$1
out=$2
stamp=$3

fits() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
}

if fits; then
  cd "$root/console-web"
  exec node build.mjs "$out" "$stamp"
fi
echo "[WARNING] built without the pages of the console: these need Node.js 20.19 or later and npm" >&2
[ "${PALISADE_CONSOLE:-}" != required ]

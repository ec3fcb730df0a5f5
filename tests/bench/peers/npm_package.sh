#!/usr/bin/env bash
# npm_package.sh NAME@VERSION: installs a peer below the user's cache and prints the folder that
# holds its node_modules. Fails where npm finds no registry; whoever asked then says "skipped".
set -euo pipefail
folder=${XDG_CACHE_HOME:-$HOME/.cache}/dgxp-bench/${1//[^a-zA-Z0-9.]/_}
if [ ! -d "$folder/node_modules" ]; then
  mkdir -p "$folder"
  timeout 120 npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund "$1" >&2
fi
echo "$folder"

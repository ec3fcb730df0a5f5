#!/usr/bin/env bash
# deploy_test.sh DGXP DEPLOY_DIR: systemd takes the unit as it is and finds it well locked up. Skipped
# (77) where systemd-analyze is not installed.
set -euo pipefail
export LC_ALL=C
dgxp=$1 deploy=$2
command -v systemd-analyze >/dev/null || { echo "SKIPPED: no systemd-analyze here, the unit is not checked"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unit=$folder/dgxp-worker.service
sed "s#/usr/bin/dgxp#$dgxp#" "$deploy/dgxp-worker.service" >"$unit"

complaints=$(systemd-analyze --man=no verify "$unit" 2>&1) || { echo "$complaints"; exit 1; }
[ -z "$complaints" ] || { echo "systemd-analyze verify: $complaints"; exit 1; }

# Exposure in tenths: 0 (nothing) to 100.
systemd-analyze security --offline=true --no-pager --threshold=20 "$unit" >"$folder/security" ||
  { cat "$folder/security"; exit 1; }
grep "Overall exposure level" "$folder/security"

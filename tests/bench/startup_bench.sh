#!/usr/bin/env bash
# CPU of `dgxp --version` (goal: 10 ms) beside `git --version`, mean of 50 starts each.
set -euo pipefail
dgxp=$1
cpu_ms() { # COMMAND...: user + system of 50 runs, in ms a run
  local TIMEFORMAT='%U %S'
  { time for ((i = 0; i < 50; ++i)); do "$@" >/dev/null; done; } 2>&1 |
    awk '{ printf "%.1f", ($1 + $2) * 1000 / 50 }'
}
echo "start-up: dgxp $(cpu_ms "$dgxp" --version) ms, git $(cpu_ms git --version) ms (goal 10)"

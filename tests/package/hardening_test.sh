#!/usr/bin/env bash
# hardening_test.sh BINARY...: the linked programs carry what cmake/options.cmake asks for. Flags can be
# lost on the way (a target that does not link dgxp_options, an override), so the result is read.
set -euo pipefail
export LC_ALL=C
failures=0

expect() { # WHAT PATTERN TEXT
  if ! grep -Eq -- "$2" <<<"$3"; then
    echo "missing: $1"
    failures=$((failures + 1))
  fi
}
refuse() { # WHAT PATTERN TEXT
  if grep -Eq -- "$2" <<<"$3"; then
    echo "unwanted: $1"
    failures=$((failures + 1))
  fi
}

for binary in "$@"; do
  echo "looking at $binary"
  header=$(readelf --wide --file-header "$binary")
  segments=$(readelf --wide --program-headers "$binary")
  dynamic=$(readelf --wide --dynamic "$binary")
  symbols=$(readelf --wide --dyn-syms "$binary")
  expect "position independent executable" 'Type: +DYN' "$header"
  expect "position independent executable" 'FLAGS_1.*PIE' "$dynamic"
  expect "read-only relocations" 'GNU_RELRO' "$segments"
  expect "all symbols bound at start" 'FLAGS_1.*NOW' "$dynamic"
  expect "stack protector" '__stack_chk_fail' "$symbols"
  expect "fortified library calls" '__[a-z]+_chk(@|$| )' "$(grep -v stack_chk <<<"$symbols")"
  expect "checked containers" '__glibcxx_assert_fail' "$symbols"
  expect "stack that cannot be executed" 'GNU_STACK.* RW +0x' "$segments"
  refuse "search path for libraries" 'R(UN)?PATH' "$dynamic"
  refuse "writable code" 'LOAD.* RWE ' "$segments"
done

[ "$failures" = 0 ] && echo "hardened: $*"

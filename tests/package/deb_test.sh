#!/usr/bin/env bash
# deb_test.sh CPACK BUILD_DIR: the Debian package names what it needs, and the same build gives the
# same package. Skipped (77) where dpkg's tools are not installed.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=0
cpack=$1 build=$2
for tool in dpkg-shlibdeps file; do
  command -v "$tool" >/dev/null || { echo "no $tool here"; exit 77; }
done
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

for turn in 1 2; do
  (cd "$build" && "$cpack" -G DEB -B "$out/$turn" >"$out/log" 2>&1) || { cat "$out/log"; exit 1; }
done
first=$(echo "$out"/1/dgxp_*.deb) second=$(echo "$out"/2/dgxp_*.deb)
cmp "$first" "$second" || { echo "two packages of one build differ"; exit 1; }

dpkg-deb --field "$first"
for field in "Package: dgxp" "Section: devel" "Priority: optional"; do
  dpkg-deb --field "$first" | grep -qx "$field" || { echo "missing: $field"; exit 1; }
done
for library in libc6 libstdc++6 libpng16-16 libnettle8 libyaml-cpp0.7 libzmq5 libimagequant0; do
  dpkg-deb --field "$first" Depends | grep -q "$library" || { echo "missing: Depends on $library"; exit 1; }
done
dpkg-deb --contents "$first"

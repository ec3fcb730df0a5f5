#!/usr/bin/env bash
# install_test.sh CMAKE BUILD_DIR: what `cmake --install` leaves is complete, runs, and is the same
# whenever it is made.
set -euo pipefail
export LC_ALL=C
cmake=$1 build=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

"$cmake" --install "$build" --prefix "$root/usr" >/dev/null
found=$(cd "$root/usr" && find . -type f | sort)
expected="./bin/dgxp
./bin/dgxp-worker
./share/bash-completion/completions/dgxp
./share/dgxp/deploy/Containerfile
./share/dgxp/deploy/compose.yaml
./share/dgxp/deploy/dgxp-worker.service
./share/dgxp/deploy/worker.yaml
./share/doc/dgxp/LICENSE
./share/doc/dgxp/README.md
./share/doc/dgxp/copyright
./share/fish/vendor_completions.d/dgxp.fish
./share/man/man1/dgxp.1.gz
./share/zsh/site-functions/_dgxp"
diff <(echo "$expected") <(echo "$found") || { echo "other files than expected were installed"; exit 1; }

"$root/usr/bin/dgxp" --version
"$root/usr/bin/dgxp" worker --help >/dev/null
# Neither a name nor a time in the gzip header: the fourth byte and the time are zero.
head=$(od -An -tx1 -j3 -N5 "$root/usr/share/man/man1/dgxp.1.gz" | tr -d ' ')
[ "$head" = 0000000000 ] || { echo "the man page's gzip header holds a name or a time"; exit 1; }
for shell in bash zsh; do
  command -v "$shell" >/dev/null || continue
  case $shell in
    bash) script=$root/usr/share/bash-completion/completions/dgxp ;;
    zsh) script=$root/usr/share/zsh/site-functions/_dgxp ;;
  esac
  "$shell" -n "$script" || { echo "$shell cannot read its completion"; exit 1; }
done

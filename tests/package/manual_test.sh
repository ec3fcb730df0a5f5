#!/usr/bin/env bash
# manual_test.sh DGXP MAN_PAGE: the man page and the program know the same verbs and options. What the
# program knows is read from its own completion script.
set -euo pipefail
export LC_ALL=C
dgxp=$1 page=$2
script=$("$dgxp" completion fish)
text=$(sed 's/\\-/-/g' "$page")

verbs=$(sed -n 's/.*__fish_use_subcommand -a \([a-z]*\) .*/\1/p' <<<"$script" | sort -u)
options=$(grep -o ' -l [a-z-]*' <<<"$script" | sed 's/ -l /--/' | sort -u)
in_page=$(grep -o -- '--[a-z][a-z-]*' <<<"$text" | sort -u)
[ "$(wc -l <<<"$verbs")" -ge 10 ] || { echo "the completion script names too few verbs"; exit 1; }

failures=0
while read -r verb; do
  grep -Eq "^\.(B|BR) \"?$verb( |\"|$)" <<<"$text" || { echo "no entry for the verb: $verb"; failures=1; }
done <<<"$verbs"
diff <(echo "$options") <(echo "$in_page") || { echo "< options of the program, > of the man page"; failures=1; }
[ "$failures" = 0 ] && echo "$(wc -l <<<"$verbs") verbs and $(wc -l <<<"$options") options agree"

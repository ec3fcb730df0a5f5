#!/usr/bin/env bash
# The sum that decides whether a run is green: doctest's own counts, one for every other test, and a
# failure for whatever ended badly without naming a case.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

sum() { "$root/scripts/sum-tests"; }
doctest() { # PASSED FAILED SKIPPED
  echo "<system-out>[doctest] test cases: 99 | $1 passed | $2 failed | $3 skipped</system-out>"
}
testcase() { # STATUS INNER
  printf '<testcase name="t" classname="t" time="0.1" status="%s">\n%s\n</testcase>\n' "$1" "$2"
}
expect() { # CLAIM EXPECTED ACTUAL
  [ "$2" = "$3" ] || { echo "$1: expected '$2', got '$3'"; exit 1; }
}

expect "nothing ran" "0 0 0" "$(sum </dev/null)"
expect "a plain test counts as one" "1 0 0" "$(testcase run '' | sum)"
expect "a doctest binary counts by its summary" "10 0 1" "$(testcase run "$(doctest 10 0 1)" | sum)"
expect "a script counts by its last line" "7 0 0" "$(testcase run '7 passed, 0 failed' | sum)"
expect "a script's failures count as it says" "7 2 0" "$(testcase fail '7 passed, 2 failed' | sum)"
expect "failed cases count as doctest counts them" "9 2 0" "$(testcase fail "$(doctest 9 2 0)" | sum)"
expect "a crash is one failure" "0 1 0" "$(testcase fail '<failure message=""/>' | sum)"
expect "dying after a green summary is one failure" "8 1 0" "$(testcase fail "$(doctest 8 0 0)" | sum)"
expect "a skip is a skip" "0 0 1" "$(testcase notrun '<skipped message="SKIP_RETURN_CODE=77"/>' | sum)"
expect "a program that is not there is a failure" "0 1 0" \
  "$(testcase notrun '<skipped message="Unable to find executable"/>' | sum)"
expect "all of them add up" "11 1 1" \
  "$({ testcase run ''; testcase run "$(doctest 10 0 1)"; testcase fail ''; } | sum)"
echo "the sums are right"

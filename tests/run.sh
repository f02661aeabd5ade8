#!/bin/bash
# Runs every test program and suite, a line each; all output only of those that fail.
#   BUILD=build/release RCAUSE=./rcause PYTHON=python3 tests/run.sh [PATTERN]
# The last line is 'N passed, N failed' (', N skipped'), counting test cases.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build/release}
PYTHON=${PYTHON:-/usr/bin/python3}
RCAUSE=$(realpath "${RCAUSE:-./rcause}")
export BUILD PYTHON RCAUSE
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:exitcode=99}
export PYTHONDONTWRITEBYTECODE=1
pattern=${1:-}
passed=0 failed=0 skipped=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

# suite NAME COMMAND...: runs it and counts its TAP lines. A program that ends with an error without
# having told a failed case, or that ends without having told any case, is itself a failed case.
suite() {
	local name=$1 status started=$SECONDS p f s
	shift
	[[ $name == *"$pattern"* ]] || return 0
	timeout -k 5 900 "$@" >"$log" 2>&1
	status=$?
	s=$(grep -cE '^(not )?ok [0-9].*# (SKIP|skip)' "$log")
	p=$(grep -E '^ok [0-9]' "$log" | grep -cvE '# (SKIP|skip)')
	f=$(grep -E '^not ok [0-9]' "$log" | grep -cvE '# (SKIP|skip)')
	if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
		f=1
		echo "# $name ended with status $status" >>"$log"
	fi
	# A plan that was not kept: the program ended early.
	local plan
	plan=$(sed -n 's/^1\.\.\([0-9][0-9]*\)$/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	if [ "$plan" -gt $((p + f + s)) ]; then
		echo "# $name told $((p + f + s)) of $plan cases" >>"$log"
		f=$((f + 1))
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-34s %4d passed' "$name" "$p"
	[ "$f" -eq 0 ] || printf ', %d FAILED' "$f"
	[ "$s" -eq 0 ] || printf ', %d skipped' "$s"
	printf '  (%d s)\n' $((SECONDS - started))
	if [ "$f" -ne 0 ]; then
		grep -vE '^(ok [0-9]|1\.\.)' "$log" | head -n "${MAX_LINES:-200}" | sed 's/^/    /'
	elif [ "$s" -ne 0 ]; then
		sed -n 's/^ok [0-9]* - \(.*\) # SKIP \(.*\)$/    skipped: \1: \2/p' "$log"
	fi
}

for source in tests/*/test_*.c; do
	program=${source%.c}
	suite "${program#tests/}" "$BUILD/$program"
done
for source in tests/fuzz/fuzz_*.c; do
	[ -e "$source" ] || continue
	suite "fuzz replay" tests/fuzz/replay.sh
	break
done
suite harness "$PYTHON" tests/selftest.py
suite golden "$PYTHON" tests/golden.py
suite claims "$PYTHON" tests/claims.py
suite proven "$PYTHON" tests/proven.py
suite rules "$PYTHON" tests/rules.py
suite schema "$PYTHON" tests/schema.py
suite tshark "$PYTHON" tests/tshark.py
suite robust "$PYTHON" tests/robust.py
suite threads "$PYTHON" tests/threads.py
suite instructions "$PYTHON" tests/instructions.py
suite live "$PYTHON" tests/live.py

printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" -eq 0 ]

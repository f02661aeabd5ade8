#!/bin/bash
# Replays each fuzz target over its corpus, mutations of it and random inputs; prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build/release}
count=0 bad=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	corpus=()
	while IFS= read -r file; do
		corpus+=("$file")
	done < <(find "tests/fuzz/corpus/$name" -type f 2>/dev/null | LC_ALL=C sort)
	count=$((count + 1))
	if output=$(timeout 120 "$BUILD/tests/fuzz/$name" "${corpus[@]}" 2>&1); then
		echo "ok $count - $name: ${#corpus[@]} inputs, their mutations, random inputs"
	else
		echo "not ok $count - $name: ${#corpus[@]} inputs, their mutations, random inputs"
		echo "$output" | tail -n 40 | sed 's/^/#   /'
		bad=1
	fi
done
echo "1..$count"
exit $bad

#!/bin/bash
# Fuzzes one target for so many CPU seconds, with libFuzzer or AFL++, starting from its corpus.
#   [NICE=19] tests/fuzz/run.sh TARGET CPU_SECONDS [libfuzzer|afl]
# The target is built into build/fuzz/ENGINE; new inputs and findings are kept there and are the start
# of the next run. Exit status: 0 nothing found, 1 a finding (its file is named), 2 it could not run.
set -u
cd "$(dirname "$0")/../.." || exit 2
[ $# -ge 2 ] || { sed -n '2,5s/^# *//p' "$0" >&2; exit 2; }
target=fuzz_${1#fuzz_} seconds=$2 engine=${3:-libfuzzer}
source=tests/fuzz/$target.c corpus=tests/fuzz/corpus/$target folder=build/fuzz/$engine
[ -e "$source" ] || { echo "fuzz: $1: no such target" >&2; exit 2; }
work=$folder/$target.work log=$folder/$target.log
mkdir -p "$folder"

case $engine in
libfuzzer) compiler=${CC:-clang} wanted=$compiler ;;
afl) compiler=${CC:-afl-clang-fast} wanted=afl-fuzz ;;
*) echo "fuzz: $engine: use libfuzzer or afl" >&2; exit 2 ;;
esac
command -v "$wanted" >/dev/null || { echo "fuzz: $wanted is not installed" >&2; exit 2; }
export AFL_USE_ASAN=1 AFL_USE_UBSAN=1 AFL_QUIET=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1
export AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1

flags='-O1 -g -fno-sanitize-recover=all -fno-omit-frame-pointer -fsanitize=fuzzer'
[ "$engine" = afl ] || flags=$flags,address,undefined
make --no-print-directory CC="$compiler" BUILD="$folder" CFLAGS="$flags" "$folder/$target" \
	>"$log" 2>&1 || { tail -n 20 "$log" >&2; echo "fuzz: $target was not built" >&2; exit 2; }
mkdir -p "$work/found" "$work/crashes"

set -m # the fuzzer and its children: a process group of their own
if [ "$engine" = afl ]; then
	in=$corpus
	[ ! -d "$work/default/queue" ] || in=- # go on where the last run ended
	nice -n "${NICE:-19}" afl-fuzz -i "$in" -o "$work" -m none -t 20000 -- "$folder/$target" >"$log" 2>&1 &
else
	longest=$(find "$corpus" -type f -printf '%s\n' | sort -n | tail -n 1)
	nice -n "${NICE:-19}" "$folder/$target" -max_len=$((longest > 1500 ? longest + 1000 : 1500)) \
		-timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
		-artifact_prefix="$work/crashes/" "$work/found" "$corpus" >"$log" 2>&1 &
fi
group=$!
trap 'kill -INT -- -$group 2>/dev/null' INT TERM

# CPU seconds of the fuzzer and of all below it, wherever they have put themselves (AFL++'s targets
# have a session of their own); of each also those of its children that have ended.
used() {
	cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) (.*) /\1 /' |
		awk -v top="$group" -v hz="$(getconf CLK_TCK)" '
			{ parent[$1] = $3; n[$1] = $13 + $14 + $15 + $16 }
			END { for (p in n) { for (q = p; q > 1 && q != top; q = parent[q]); if (q == top) sum += n[p] }
				print int(sum / hz) }'
}
spent=0
while kill -0 "$group" 2>/dev/null && [ "$spent" -lt "$seconds" ]; do
	sleep 2
	now=$(used)
	[ "$now" -eq 0 ] || spent=$now
done
kill -INT -- "-$group" 2>/dev/null
wait "$group" 2>/dev/null
status=$?

found=$(find "$work" -path '*/crashes/*' -type f ! -name README.txt | sort)
if [ "$engine" = afl ]; then
	runs=$(sed -n 's/^execs_done *: //p' "$work/default/fuzzer_stats" 2>/dev/null)
else
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
fi
if [ -z "${runs:-}" ]; then
	tail -n 20 "$log" >&2
	echo "fuzz: $target ended with status $status" >&2
	[ -n "$found" ] || exit 2
fi
echo "$target: $engine, $spent CPU seconds, ${runs:-?} inputs, $(echo "$found" | grep -c .) findings"
[ -z "$found" ] || { echo "$found"; exit 1; }

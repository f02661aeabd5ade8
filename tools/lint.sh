#!/bin/sh
# Style held by script: format, file lengths, function lengths (STYLE numbers), tabs in scripts aside.
set -eu
tools/deps.sh lint
bad=0
sources=$(git ls-files -co --exclude-standard '*.c' '*.h')
if ! unformatted=$(clang-format --dry-run -Werror $sources 2>&1); then
	echo "$unformatted" | grep 'error:' | head -20 >&2
	bad=1
fi
for f in $sources; do
	lines=$(wc -l <"$f")
	case $f in
	tests/*) continue ;;
	*.c) max=600 ;;
	*.h) max=200 ;;
	esac
	if [ "$lines" -gt "$max" ]; then
		echo "lint: $f: $lines lines, at most $max" >&2
		bad=1
	fi
done
# Functions: p90 at most 50 lines, none above 80.
ctags -x --c-kinds=f --fields=+ne --_xformat='%{end} %n %F %N' $(echo "$sources" | tr ' ' '\n' | grep '\.c$' | grep -v '^tests/') |
	awk '{ n = $1 - $2 + 1; len[NR] = n; if (n > 80) { print "lint: " $3 ": " $4 ": " n " lines, at most 80"; bad = 1 } }
	END { m = asort_(); if (NR && m > 50) { print "lint: 90 % of the functions must have at most 50 lines; p90 is " m; bad = 1 } exit bad }
	function asort_(   i, j, t) { for (i = 2; i <= NR; i++) { t = len[i]; for (j = i - 1; j > 0 && len[j] > t; j--) len[j + 1] = len[j]; len[j + 1] = t } return len[int((NR * 9 + 9) / 10)] }' >&2 || bad=1
if command -v shellcheck >/dev/null 2>&1; then
	git ls-files '*.sh' | xargs shellcheck -S error || bad=1
fi
exit $bad

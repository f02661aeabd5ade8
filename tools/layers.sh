#!/bin/sh
# Fails on an include against the arrows: capture -> decode -> analyze -> emit, all on base.
set -eu
bad=0
allow() { # FOLDER ALLOWED...
	folder=$1; shift
	for f in $(find "$folder" -name '*.[ch]'); do
		for other in base decode capture analyze emit; do
			case " $folder $* " in *" $other "*) continue ;; esac
			if grep -nH "^[[:space:]]*#[[:space:]]*include[[:space:]]*\"$other/" "$f"; then
				echo "layers: $folder must not include $other" >&2
				bad=1
			fi
		done
	done
}
allow base
allow decode base
allow capture base
allow analyze base decode
allow emit base decode analyze
# Library folders never log, exit or read the clock (capture reads it for silent live links).
for folder in base decode analyze; do
	if grep -nHE '\b(printf|fprintf|puts|exit|abort|time|gettimeofday|clock_gettime)[[:space:]]*\(' \
		$(find "$folder" -name '*.c'); then
		echo "layers: $folder must not print, exit or read a clock" >&2
		bad=1
	fi
done
exit $bad

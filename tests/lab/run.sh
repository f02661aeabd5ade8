#!/bin/sh
# Runs the fault lab: namespaces, real servers, one fault at a time, captures and labels in
# tests/lab/out/cases.
#   tests/lab/run.sh [--out DIR] [--only PATTERN]... [--stored] [--list]
set -eu

cd "$(dirname "$0")/../.."
if [ "$(id -u)" -ne 0 ] && [ "${1:-}" != --list ]; then
	echo "lab: namespaces need root: run it with sudo" >&2
	exit 1
fi
exec "${PYTHON:-/usr/bin/python3}" tests/lab/lab.py "$@"

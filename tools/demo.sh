#!/bin/sh
# Explains a bundled incident on the terminal.
set -eu
cd "$(dirname "$0")/.."

# The first of these that is there; each is a SERVFAIL of a real resolver with both sides visible.
capture=
for wanted in pcaps/dnssec.signature_expired/sigexp-com pcaps/dnssec.signature_expired/ \
	pcaps/delegation.lame_refused/ pcaps/upstream.timeout/ pcaps/; do
	for file in "$wanted"*.pcap; do
		[ -e "$file" ] && capture=$file && break 2
	done
done
if [ -z "$capture" ]; then
	echo "demo: pcaps/: no captures" >&2
	exit 1
fi

run() {
	printf '$ %s\n\n' "$*"
	"$@"
}
run ./rcause -q --trust-anchor pcaps/root.key -r "$capture" -o report:-
cat <<EOT

The capture is traffic of real name servers with one fault put in. (--trust-anchor names the root key
of that laboratory; your own captures need no such option.) Try next:

  ./rcause -r YOUR.pcap -o report:-        your own capture
  ./rcause -r YOUR.pcap                    the same as JSON events
  sudo ./rcause -i any                     live, until Ctrl-C
  ./rcause --explain SERVFAIL              what a code or a cause means
  ./rcause --help
EOT

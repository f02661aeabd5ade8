#!/bin/sh
# Installs the Debian packages a task needs and names them; silent when nothing is missing.
#   tools/deps.sh build|lint|guards|lab
# On systems without apt-get it prints what to install and stops.
set -eu

build='gcc make pkg-config libpcap-dev libjansson-dev libcmocka-dev libldns-dev libssl-dev
zlib1g-dev libzstd-dev liblzma-dev liblz4-dev python3 python3-jsonschema'
# The tests pack captures with these and replay one over a veth pair; they skip what is missing.
test='iproute2 zstd xz-utils lz4'
# What a packet costs is counted with one, decode is compared with the other; tests skip what is missing.
guards='valgrind tshark'
lint='clang clang-format universal-ctags git'
lab='bind9 bind9-utils bind9-dnsutils unbound nsd knot knot-dnsutils knot-resolver pdns-server
pdns-backend-bind pdns-recursor dnsmasq-base ldnsutils python3-dnspython tshark tcpdump tcpreplay
iproute2 nftables dnscache tinydns dnsdist yadifa gdnsd'

case "${1:-build}" in
build) wanted="$build $test" ;;
lint) wanted=$lint ;;
guards) wanted=$guards ;;
lab) wanted="$build $lab" ;;
*) echo "deps: $1: use build, lint, guards or lab" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
	# Whoever has the libraries already may go on; the optional ones switch themselves off.
	if command -v pkg-config >/dev/null 2>&1 &&
		pkg-config --exists libpcap jansson openssl ldns cmocka; then
		exit 0
	fi
	echo "deps: this is not a Debian system: install the equivalents of these packages:" >&2
	echo $wanted >&2
	exit 1
fi

missing=
for p in $wanted; do
	dpkg-query -W -f '${Status}\n' "$p" 2>/dev/null | grep -q '^install ok installed$' ||
		missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	# Only what the build cannot do without stops those who may not install.
	needed=
	for p in $missing; do
		case " $(echo $test) " in *" $p "*) ;; *) needed="$needed $p" ;; esac
	done
	if command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		sudo=sudo
	elif [ -z "$needed" ]; then
		exit 0
	else
		echo "deps: missing:$needed" >&2
		echo "deps: run as root: apt-get install$missing" >&2
		exit 1
	fi
fi
echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# RUNLEVEL=1 keeps the servers of the lab from starting on their own.
install_all() {
	$sudo apt-get update -q &&
		$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
			apt-get install -q -y --no-install-recommends $missing
}
if ! install_all >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "deps: apt-get could not install:$missing" >&2
	exit 1
fi

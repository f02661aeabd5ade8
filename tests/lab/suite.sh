#!/bin/sh
# Runs the fault lab with the servers of another suite of Debian, newer than this one, out of a directory of their
# own: what is true of servers must be true of their other versions.
#   tests/lab/suite.sh SUITE [arguments of run.sh]        captures go to tests/lab/out/SUITE
# The suite's files go to ${LAB_SUITES:-/var/tmp/rcause-lab}/SUITE (half a GB, kept for the next run). What the suite
# has no package of is run as installed here.
set -eu

[ $# -ge 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "suite: namespaces need root: run it with sudo" >&2; exit 1; }
suite=$1
shift
cd "$(dirname "$0")/../.."
out=$PWD/tests/lab/out
root=${LAB_SUITES:-/var/tmp/rcause-lab}/$suite
packages='bind9 bind9-utils unbound pdns-recursor pdns-server pdns-backend-bind dnsmasq-base knot nsd dnsdist yadifa
gdnsd dnscache tinydns knot-resolver knot-resolver6'
programs='named rndc unbound unbound-control kresd pdns_recursor pdns_server dnsmasq knotd nsd dnsdist yadifad gdnsd
dnscache tinydns'

install_suite()
{
	command -v debootstrap >/dev/null || apt-get install -y -q debootstrap
	debootstrap --variant=minbase "$suite" "$root"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no server is started
	chmod +x "$root/usr/sbin/policy-rc.d"
	for p in $packages; do
		DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -q \
			--no-install-recommends "$p" >"$root/install.log" 2>&1 ||
			echo "suite: $suite has no $p"
	done
	touch "$root/installed"
}

# A program of that name that runs the suite's, in the same directory, with the same files of the lab.
write_wrapper()
{
	path=$(chroot "$root" sh -c "command -v $1") || return 0
	options=
	# From 5.2 on it wants to be told that its settings are in the old form.
	if [ "$1" = pdns_recursor ] && chroot "$root" "$path" --enable-old-settings --version >/dev/null 2>&1; then
		options=--enable-old-settings
	fi
	cat >"$root/lab-bin/$1" <<-WRAPPER
		#!/bin/sh
		case \$PWD in "$out"*) dir=\$PWD ;; *) dir=/ ;; esac
		exec chroot "$root" /usr/bin/env -C "\$dir" $path $options "\$@"
	WRAPPER
	chmod +x "$root/lab-bin/$1"
}

[ -e "$root/installed" ] || install_suite
mkdir -p "$out" "$root$out" "$root/lab-bin"
trap 'umount "$root$out" "$root/dev" "$root/proc" 2>/dev/null || :' EXIT
mount --bind "$out" "$root$out"
mount --bind /dev "$root/dev"
mount --bind /proc "$root/proc"
for p in $programs; do
	write_wrapper "$p"
done
LAB_ROOT=$root PATH=$root/lab-bin:$PATH tests/lab/run.sh --out "$out/$suite" "$@"

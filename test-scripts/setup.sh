#!/usr/bin/env bash
# setup.sh: installs what the build, the labs and the benches need on Debian 12, and nothing else.
#
# Run it as root, as often as you like: it makes one apt call for the packages that are missing, and
# no apt call when none is. A JDK or Maven that is already there is left alone. Which tools are needed
# stands in check-tools.sh.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
readonly here

usage() {
  cat <<'EOF'
usage: setup.sh
  Installs with one apt call the tools that are missing; run as root on Debian 12.
exit: 0 all tools are there, 1 something could not be installed, 2 usage
EOF
}

die() {
  echo "setup.sh: $*" >&2
  exit 1
}

case ${1-} in
  '') ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

# Debian's newer releases have no openjdk-17; their default JDK is newer and serves as well.
known_names() {
  local package
  for package in "$@"; do
    if [[ $package == openjdk-17-* ]] && ! apt-cache show "$package" >/dev/null 2>&1; then
      package=default-jdk-headless
    fi
    echo "$package"
  done
}

# Some packages bring a daemon beside the tool that is wanted: none is to start (deb-systemd-invoke and
# invoke-rc.d ask this file).
readonly POLICY=/usr/sbin/policy-rc.d
without_daemons() {
  [[ ! -e $POLICY ]] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
  trap 'rm -f "$POLICY"' EXIT
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" 2>&1
}

# Empty or stale package lists make the first try fail; only then are they fetched.
install() {
  local wanted log
  mapfile -t wanted < <(known_names "$@")
  echo "setup.sh: installing ${wanted[*]}"
  log=$(apt_install "${wanted[@]}") && return
  apt-get update -qq || die "apt-get update failed; mend: check the network and /etc/apt/sources.list"
  mapfile -t wanted < <(known_names "$@")
  log=$(apt_install "${wanted[@]}") ||
    die "apt-get install ${wanted[*]} failed: $(tail -n 1 <<<"$log"); mend: install them by hand"
}

mapfile -t packages < <("$here/check-tools.sh" --packages)
if ((${#packages[@]})); then
  ((EUID == 0)) || die "missing ${packages[*]}; mend: run setup.sh as root"
  command -v apt-get >/dev/null ||
    die "no apt-get here; mend: install with this system's package manager: ${packages[*]}"
  without_daemons
  install "${packages[@]}"
fi
if [[ ! -c /dev/net/tun ]]; then
  ((EUID == 0)) || die "no /dev/net/tun; mend: run setup.sh as root"
  modprobe tun 2>/dev/null || true
  mkdir -p /dev/net
  [[ -c /dev/net/tun ]] || mknod -m 0666 /dev/net/tun c 10 200
fi
"$here/check-tools.sh"
if ((${#packages[@]})); then
  echo "setup.sh: all tools are there"
else
  echo "setup.sh: nothing to install"
fi

#!/usr/bin/env bash
# check-tools.sh: says in one line which tools the build, the labs and the benches miss here.
#
# It changes nothing. `mvn verify` runs it; setup.sh asks it what to install. The table below is the
# one place that says which command is needed, which Debian package holds it, and who needs it.
set -euo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

usage() {
  cat <<'EOF'
usage: check-tools.sh [--packages] [GROUP...]
  GROUP       build, lab, bench, page; all of them when none is named
  --packages  print the Debian packages of what is missing, one a line, and nothing else
exit: 0 nothing is missing, 1 something is, 2 usage
EOF
}

# command  package                groups
readonly TOOLS='
java       openjdk-17-jdk-headless build,lab
javac      openjdk-17-jdk-headless build,lab
mvn        maven                   build
git        git                     build
shellcheck shellcheck              build
promtool   prometheus              build
ip         iproute2                lab
tc         iproute2                lab
bridge     iproute2                lab
nft        nftables                lab
conntrack  conntrack               lab
ping       iputils-ping            lab
arping     arping                  lab
ethtool    ethtool                 lab
socat      socat                   lab
jq         jq                      lab
iperf3     iperf3                  lab
tcpdump    tcpdump                 lab
tshark     tshark                  lab
dnsmasq    dnsmasq-base            lab
udhcpc     udhcpc                  lab
ndisc6     ndisc6                  lab
setsid     util-linux              lab
openssl    openssl                 bench
tincd      tinc                    bench
openvpn    openvpn                 bench
edge       n2n                     bench
supernode  n2n                     bench
fastd      fastd                   bench
chromium   chromium                page
chromedriver chromium-driver       page
'

packages_only=no
groups=()
while (($#)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --packages) packages_only=yes ;;
    build | lab | bench | page) groups+=("$1") ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
((${#groups[@]})) || groups=(build lab bench page)

wanted() {
  local group
  for group in "${groups[@]}"; do
    [[ ,$1, == *,$group,* ]] && return 0
  done
  return 1
}

# A Java older than 17 is as good as none; to ask it takes a while, so only the build does.
present() {
  command -v "$1" >/dev/null || return 1
  if [[ $1 == arping ]]; then # another tool of this name has other options
    [[ $(arping --help 2>&1) == *Habets* ]]
    return
  fi
  if [[ $1 != javac ]] || ! wanted build; then
    return 0
  fi
  local version
  version=$(javac -version 2>&1) || return 1
  [[ $version =~ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 17))
}

missing=()
packages=()
while read -r tool package needed_by; do
  if [[ -z $tool ]] || ! wanted "$needed_by" || present "$tool"; then
    continue
  fi
  missing+=("$tool")
  [[ " ${packages[*]-} " == *" $package "* ]] || packages+=("$package")
done <<<"$TOOLS"

if [[ $packages_only == yes ]]; then
  ((${#packages[@]} == 0)) || printf '%s\n' "${packages[@]}"
  exit 0
fi
wanted lab && [[ ! -c /dev/net/tun ]] && missing+=(/dev/net/tun)
if ((${#missing[@]})); then
  echo "missing: ${missing[*]}; mend: run as root: $(realpath "$(dirname "$0")")/setup.sh" >&2
  exit 1
fi

#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# page-lab.sh: a relay and two hosts, with the live page of host1 on this machine's loopback.
#
# host1 has two uplinks. It says where the page is, and then obeys lines on its standard input; each is
# answered by one line, "done NAME" or "failed NAME". The prober sends frames from host1 to host2 all the time.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"

usage() {
  cat <<'USAGE'
usage: page-lab.sh [--port N] [--rate N]
  --port  of the page on 127.0.0.1 (default 7990)
  --rate  frames a second that the prober sends (default 500)
lines: switch (host1's first uplink goes down) | back (it comes up) | report FILE (ends the prober and
       writes its report) | settle (until the session is direct) | end
exit: 0 ended, 1 failed, 2 usage
USAGE
}

readonly SETTLED_SECONDS=20

port=7990 rate=500
options port= rate= -- "$@"
[[ $port$rate =~ ^[1-9][0-9]*$ ]] || wrong_usage

segment() {
  lab_internet
  lab_public relay host1 host2
  lab_attach host1 "$LAB_INET" --if eth1 --metric 200
  two_hosts page --admin "127.0.0.1:$port" >/dev/null
}

# A browser outside of the lab reaches the page under the address that the node knows as its own.
forward() {
  lab_spawn forward@ socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" \
    "EXEC:ip netns exec $LAB_ID-host1 socat STDIO TCP\\:127.0.0.1\\:$port"
}

settle() {
  until_true "$SETTLED_SECONDS" node_on host1 host2 direct
}

report() { # FILE
  probe_stop probe && cp "$LAB_DIR/probe.json" "$1"
}

obey() { # NAME [ARGUMENT]
  case $1 in
    switch) lab_link_down host1 eth0 ;;
    back) lab_link_up host1 eth0 ;;
    settle) settle ;;
    report) report "$2" ;;
    *) return 1 ;;
  esac
}

lab_start
lab_build
segment
forward
settle || die "no direct connection came up"
probe_start probe host1:qm0 host2:qm0 --rate "$rate" --size 200 --flows 4 --both-ways
echo "page http://127.0.0.1:$port/ token $LAB_DIR/state/host1/admin.token"
while read -r name argument && [[ $name != end ]]; do
  if obey "$name" "$argument"; then echo "done $name"; else echo "failed $name"; fi
done

#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# page-lab.sh: a relay and two hosts, with the live page of host1 on this machine's loopback.
#
# host1 has two uplinks. It says where the page is, and then obeys lines on its standard input; each is
# answered by one line, "done NAME" or "failed NAME". The prober sends frames from host1 to host2 all the time.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

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

readonly SUBNET=10.66.0.0/24 HOST2=10.66.0.2
readonly SETTLED_SECONDS=20

port=7990 rate=500
while (($#)); do
  case $1 in
    --port) port=${2-}; shift || true ;;
    --rate) rate=${2-}; shift || true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[[ $port$rate =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }

segment() {
  local host
  lab_internet
  for host in relay host1 host2; do
    lab_host "$host"
    lab_attach "$host" "$LAB_INET"
  done
  lab_attach host1 "$LAB_INET" --if eth1 --metric 200
  relay_start relay --allow-any
  node_cli host1 network create page --node host1 --subnet "$SUBNET" --relay "$(relay_address relay)" >/dev/null
  node_start host1 --admin "127.0.0.1:$port"
  node_admit host1 host2 --address "$HOST2/24" >/dev/null
  node_start host2
  node_await_ping host1 "$HOST2"
}

# A browser outside of the lab reaches the page under the address that the node knows as its own.
forward() {
  lab_spawn forward@ socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" \
    "EXEC:ip netns exec $LAB_ID-host1 socat STDIO TCP\\:127.0.0.1\\:$port"
}

carrier() {
  node_cli host1 peers --json | jq -r '.peers[] | select(.name == "host2") | .carrier'
}

settle() {
  local deadline=$((SECONDS + SETTLED_SECONDS))
  until [[ $(carrier) == direct ]]; do
    ((SECONDS < deadline)) || return 1
    sleep 0.3
  done
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

lab_require_root
lab_build
lab_start
segment
forward
settle || die "no direct connection came up"
probe_start probe host1:qm0 host2:qm0 --rate "$rate" --size 200 --flows 4 --both-ways
echo "page http://127.0.0.1:$port/ token $LAB_DIR/state/host1/admin.token"
while read -r name argument && [[ $name != end ]]; do
  if obey "$name" "$argument"; then echo "done $name"; else echo "failed $name"; fi
done

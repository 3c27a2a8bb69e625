#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# mesh.sh: what users do on an Ethernet segment, once each, on a real relay and real nodes.
#
# A relay and hosts on a public network of MTU 1500; host3 runs without offloads, the others have default
# settings. Everything through the relay and direct, then daemons that die and come back, then an MTU
# of 9000 inside. The full run has larger files, datagrams, flooding, groups, a search for plain text
# at the relay, stalled peers, a bridge with VLANs behind host3, and an underlay of MTU 1280.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"
# shellcheck source=lab/checks.sh
. "$LAB_LIB/checks.sh"
# shellcheck source=lab/segment.sh
. "$LAB_LIB/segment.sh"
# shellcheck source=lab/measure.sh
. "$LAB_LIB/measure.sh"

usage() {
  cat <<'USAGE'
usage: mesh.sh [--smoke] [--megabytes N] [--json FILE]
  --smoke      a selection that takes less than a minute
  --megabytes  size of the files that are copied (default 1024, with --smoke 50; to and from the node
               without offloads 10)
  --json       writes the table as JSON, too
exit: 0 every row is ok, 1 one is not, 2 usage
USAGE
}

readonly DHCP_FROM=10.66.0.100 DHCP_TO=10.66.0.120
readonly HOLD=1h
readonly PLAIN_MEGABYTES=10
readonly RESTARTED_SECONDS_MAX=10 # from a node that is ready again to its first answer
readonly AGAIN_SECONDS=40         # for a relay path to come back, handovers tried again and again
readonly LARGE_MTU=9000 LARGE_PING_BYTES=8972 SMALL_UNDERLAY=1280

smoke='' megabytes='' json=''
options smoke megabytes= json= -- "$@"
[[ -n $megabytes ]] || { [[ -n $smoke ]] && megabytes=50 || megabytes=1024; }
[[ $megabytes =~ ^[1-9][0-9]*$ ]] || wrong_usage

# check WAY WHAT COMMAND...: one row.
check() {
  check_row "$1"$'\t'"$2" "${@:3}"
}

# full WAY WHAT COMMAND...: a row of the full run only.
full() {
  [[ -n $smoke ]] || check "$@"
}

# ---- the run -----------------------------------------------------------------------------------------

segment() {
  lab_internet
  lab_public relay host1 host2 host3
  relay_start relay --allow-any
  network_create host1 smoke "$(relay_address relay)" >/dev/null
  node_start host1
  node_admit host1 host2 --address "$HOST2/24" >/dev/null
  node_admit host1 host3 --address "$HOST3/24" >/dev/null
  node_start host2
  printf 'tap:\n  offloads: false\n' >"$LAB_DIR/plain.yaml"
  node_start host3 --config "$LAB_DIR/plain.yaml"
}

both_answer() {
  answers host1 "$HOST2" && answers host1 "$HOST3"
}

# What is the same through the relay and direct.
rows() { # WAY
  check "$1" 'handover to it' until_true "$AGAIN_SECONDS" handed_over host2 "$1"
  check "$1" 'ARP and ping' arp_and_ping
  check "$1" 'IPv6 all nodes and link-local' ping_all_nodes
  check "$1" 'DHCP' dhcp
  check "$1" 'file copy, SHA-256' copy host1 host2 "$HOST2" "$megabytes"
  check "$1" 'handover of the node without offloads' until_true "$AGAIN_SECONDS" handed_over host3 "$1"
  check "$1" 'TCP both ways, without offloads' both_copies
  full "$1" 'UDP both ways, without offloads' both_udps
  full "$1" 'unknown destination is flooded' flooding
  full "$1" 'multicast group' multicast
}

daemons_die() {
  lab_stop relay KILL
  check direct 'relay killed: ping goes on' lab_exec host1 ping -n -c 10 -i 0.1 -w 5 "$HOST2"
  check relay 'relay killed and started' relay_restarted
  lab_stop host2 KILL
  check 'after kill' 'node killed and started' node_restarted
}

# A fourth node, and behind host3 a host without quicmesh.
more_hosts() {
  lab_public host4
  node_admit host1 host4 --address "$HOST4/24" >/dev/null
  node_start host4
  lab_host printer
  lab_veth host3 lan0 printer eth0 1500
  ip -n "$LAB_ID-printer" addr add "$PRINTER/24" dev eth0
}

large_mtu() { # UNDERLAY
  local way
  check "MTU $LARGE_MTU over $1" 'nodes start and answer' large_mtu_starts
  for way in relay direct; do
    check "MTU $LARGE_MTU over $1" "handover to $way" until_true "$AGAIN_SECONDS" handed_over host2 "$way"
    check "MTU $LARGE_MTU over $1" "ping -M do -s $LARGE_PING_BYTES, $way" large_ping
    full "MTU $LARGE_MTU over $1" "file copy, SHA-256, $way" copy host1 host2 "$HOST2" 20
  done
}

# What the quick start promises: `up` on a host that has joined nothing, and on the second host the line
# that it prints.
own_network() {
  local token
  lab_public home1 home2
  node_start home1 || return 1
  token=$(sed -nE 's/^ *quicmesh join ([^ ]+) && quicmesh up$/\1/p' "$LAB_DIR/log/home1.log")
  node_cli home2 join "$token" && node_start home2 || return 1
  lab_exec home2 ping -n -q -c 3 -i 0.1 -w 10 "$(overlay_address home1)"
}

overlay_address() {
  lab_exec "$1" ip -4 -j addr show dev qm0 | jq -r '.[0].addr_info[0].local'
}

lab_start
lab_build
SCRATCH=$LAB_DIR
segment
head -c "$((megabytes > PLAIN_MEGABYTES ? megabytes : PLAIN_MEGABYTES))M" /dev/urandom >"$LAB_DIR/file"
check start 'both peers answer' until_true "$AGAIN_SECONDS" both_answer
rows relay
full relay 'sealed: a search for what was sent' canary
rows direct
if [[ -z $smoke ]]; then
  more_hosts
  check direct 'fourth node answers' until_true "$AGAIN_SECONDS" answers host1 "$HOST4"
  check direct 'two stalled peers do not slow a third' two_stalled
  check direct 'a TAP in a bridge' bridged
  check direct 'VLAN' vlan_ping
fi
daemons_die
check 'at the end' 'SIGTERM leaves no qm0' ends_without_trace
large_mtu 1500
check 'no set-up' 'up, and on a second host the line that it prints' own_network
if [[ -z $smoke ]]; then
  ends_without_trace 2>/dev/null
  for host in relay host1 host2; do
    lab_mtu "$host" eth0 "$SMALL_UNDERLAY"
  done
  large_mtu "$SMALL_UNDERLAY"
fi

echo
table 'way\twhat\tresult\tms\tnote' <"$LAB_DIR/rows"
[[ -z $json ]] || jq -Rn '{rows: [inputs | split("\t")
  | {way: .[0], what: .[1], result: .[2], ms: (.[3] | tonumber), note: .[4]}]}' "$LAB_DIR/rows" >"$json"
! grep -q $'\tFAILED\t' "$LAB_DIR/rows"

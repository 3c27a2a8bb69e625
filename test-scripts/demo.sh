#!/usr/bin/env bash
# demo.sh: two hosts and a relay share one Ethernet segment over QUIC, on this machine alone.
#
# Installs what is missing (setup.sh), builds, makes three network namespaces (a relay and two hosts
# on a public network), creates a quicmesh network on host1, lets host2 join it by an invitation, and
# measures ping, TCP and UDP between them, first through the relay, then direct. One table at the end.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"
# shellcheck source=lab/measure.sh
. "$LAB_LIB/measure.sh"

usage() {
  cat <<'EOF'
usage: demo.sh [--keep] [--seconds N] | --stop
  --keep     leaves hosts, relay and network running, and says how to look at them
  --stop     removes what --keep left
  --seconds  of each TCP and UDP test (default 5)
exit: 0 done, 1 failed, 2 usage
EOF
}

readonly UDP_PAYLOAD_BYTES=1372 UDP_BITS_PER_SECOND_MAX=200000000
readonly HOLD=1h # through the relay for as long as the demo wants

segment() {
  lab_internet
  lab_public relay host1 host2
  two_hosts demo
}

# Half of what TCP had, so that the way carries it: nodes that have just started are slow.
udp_rate() { # GBPS-OF-TCP
  local half
  half=$(calc 0 "${1:-0} * 0.5e9")
  echo $((half > 0 && half < UDP_BITS_PER_SECOND_MAX ? half : UDP_BITS_PER_SECOND_MAX))
}

# Measures one way and adds its row.
measure() { # WAY
  local before after ping there='' back='' udp=$'\t'
  echo "demo.sh: measuring $1"
  before=$(counters host1 host2)
  ping_series host1 "$HOST2" 0.002 1000
  ping=$(ping_ms 50)$'\t'$(ping_ms 99)
  ! iperf host1 "$HOST2" "$seconds" || there=$(iperf_tcp_gbps)
  ! iperf host1 "$HOST2" "$seconds" -R || back=$(iperf_tcp_gbps)
  if iperf host1 "$HOST2" "$seconds" -u -l "$UDP_PAYLOAD_BYTES" -b "$(udp_rate "$there")" -w "$UDP_BUFFER_BYTES"; then
    udp=$(iperf_value ".end.sum | [.bits_per_second * (1 - .lost_packets / .packets) / 1e9, 100 * .lost_packets / .packets]
      | map(. * 100 | round / 100) | @tsv")
  fi
  after=$(counters host1 host2)
  ROWS+=$'\n'$1$'\t'$ping$'\t'$(rounded "$there")$'\t'$(rounded "$back")$'\t'$udp$'\t'$(
    jq -nr --argjson a "$before" --argjson b "$after" '[($b.sent - $a.sent),
      ($b.sent - $a.sent) - ($b.received - $a.received), ($b.doubles - $a.doubles), ($b.dropped - $a.dropped)] | @tsv'
  )
}

rounded() {
  [[ -z $1 ]] || calc 2 "$1"
}

how_to_look() {
  local enter="ip netns exec $LAB_ID-host1" cli
  cli="$enter env QUICMESH_HOME=$LAB_DIR/state/host1 $LAB_ROOT/node/bin/quicmesh"
  cat <<EOF

Left running. To look at it:
  $enter ping $HOST2
  $cli peers
  $cli status
  $cli monitor
  $cli handover host2 relay --hold 60s
  $enter curl -s http://127.0.0.1:7878/api/connections
  ip netns exec $LAB_ID-relay tcpdump -ni eth0 udp port $LAB_RELAY_PORT
  tail -f $LAB_DIR/log/host1.log
To end it:
  $LAB_SCRIPTS/demo.sh --stop
EOF
}

keep='' stop='' seconds=5
options keep stop seconds= -- "$@"
[[ $seconds =~ ^[1-9][0-9]*$ ]] || wrong_usage
[[ -z $stop ]] || exec "$LAB_LIB/reap.sh" --kept
lab_require_root
"$LAB_SCRIPTS/setup.sh"
echo "demo.sh: building what is not built"
lab_build
lab_start
echo "demo.sh: starting a relay and two hosts"
segment
iperf_server host2
ROWS=$'way\tping p50 ms\tp99 ms\tTCP there Gbit/s\tback\tUDP Gbit/s\tlost %\tframes\tlost\tdoubled\tdropped'
node_cli host1 handover host2 relay --hold "$HOLD" >/dev/null
measure "through the relay"
node_cli host1 handover host2 direct >/dev/null
measure direct
echo
table <<<"$ROWS"
if [[ -n $keep ]]; then
  lab_stop iperf3 KILL
  lab_keep
  how_to_look
fi

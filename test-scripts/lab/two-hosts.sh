# shellcheck shell=bash disable=SC2153,SC2034 # names come from lib.sh and are used by scripts
# two-hosts.sh: a relay and two hosts that share a network, with which most labs begin. To be sourced after
# lib.sh.
#
#   lab_internet; lab_public relay host1 host2
#   two_hosts NETWORK
#
# Labs with another underlay, or with other relays, take the two steps of it by themselves.

readonly SUBNET=10.66.0.0/24 HOST1=10.66.0.1 HOST2=10.66.0.2 HOST3=10.66.0.3 HOST4=10.66.0.4
readonly FRAME_BYTES=200 FLOWS=8
readonly LONG_HOLD_MS=3600000 # longer than any row

# two_hosts NETWORK [UP OPTION...]: starts the relay, and has host1 and host2 join; the options are host1's.
# All three are hosts already. As the steps below, it prints what the commands say.
two_hosts() {
  relay_start relay --allow-any
  network_create host1 "$1" "$(relay_address relay)"
  join_both host1 host2 "${@:2}"
}

# network_create NODE NETWORK RELAY-ADDRESS...: a network whose registrar is this node.
network_create() {
  local address relays=()
  for address in "${@:3}"; do
    relays+=(--relay "$address")
  done
  node_cli "$1" network create "$2" --node "$1" --subnet "$SUBNET" "${relays[@]}"
}

# join_both REGISTRAR OTHER [UP OPTION...]: starts both, the registrar with these options, until the other one
# answers at HOST2.
join_both() {
  node_start "$1" "${@:3}"
  node_admit "$1" "$2" --address "$HOST2/24"
  node_start "$2"
  node_await_ping "$1" "$HOST2"
}

# probe_both NODE NODE RATE: numbered frames both ways on several flows, so many a second, until `probe_stop probe`.
probe_both() {
  probe_start probe "$1:qm0" "$2:qm0" --rate "$3" --size "$FRAME_BYTES" --flows "$FLOWS" --both-ways
}

# warm_up SECONDS NODE NODE RATE COMMAND...: frames both ways and a TCP stream to the second node at HOST2, and the command
# again and again, as long as that. Nodes that have just started run interpreted and compile beside it; what is measured
# afterwards is what nodes do that have been up for a minute.
warm_up() {
  local end=$((SECONDS + $1))
  (($1 > 0)) || return 0
  say "warming up for $1 s"
  load_start "$2" "$3" "$HOST2"
  probe_both "$2" "$3" "$4"
  while ((SECONDS < end)); do
    "${@:5}" || true
    sleep 0.2
  done
  probe_stop probe || true
  load_stop || true
}

# frame_counters HOST HOST: the counters on the way of the frames, for each of the two: what its node took from the TAP
# device and gave to it, what its session with the other sent and received, every drop by reason, and what its TAP's
# ring, its interface and the emulated link behind its eth0 say.
frame_counters() {
  local host peer
  for host in "$1" "$2"; do
    peer=$([[ $host == "$1" ]] && echo "$2" || echo "$1")
    jq -n --arg host "$host" \
      --argjson tap "$(node_admin "$host" status | jq '.tap | {frames_in, frames_out, dropped}')" \
      --argjson session "$(node_admin "$host" peers | jq --arg peer "$peer" '.peers[] | select(.name == $peer) | .frames')" \
      --argjson device "$(lab_exec "$host" ip -s -j link show qm0 | jq '.[0].stats64 | {rx: .rx.packets, rx_dropped: .rx.dropped, tx: .tx.packets, tx_dropped: .tx.dropped}')" \
      --argjson link "$(emulator_do stats | jq --arg a "${LAB_END[$host/eth0]}" '[.directions | to_entries[] | select(.key | startswith($a + "-")) | .value] | .[0]')" \
      '{($host): {$tap, $session, $device, $link}}'
  done | jq -s add
}

# The difference of two counters, numbers that did not change left out.
difference() { # BEFORE AFTER
  jq -n --argjson a "$1" --argjson b "$2" '
    reduce ($b | paths(numbers)) as $p ({};
      (($b | getpath($p)) - (($a | getpath($p)) // 0)) as $d | if $d == 0 then . else setpath($p; $d) end)'
}

# What sessions and TAPs dropped, for any reason, by such a difference.
dropped() { # DIFFERENCE
  jq '[.[] | (.session, .tap).dropped // {} | .[]] | add // 0' <<<"$1"
}

# What the prober and the counters say of rows that are not as they should be.
explain_losses() { # FILE-OF-ROWS
  jq -r 'select(.ok | not) | "\n\(.name): prober ring drops \(.probe.ring_drops), \(.probe.directions | map_values({sent, received, lost, doubled, reordered, longest_loss, gaps: (.gaps | map({at, gap_ms}) | .[0:3])}) | tojson)\ncounters: \(.counters | tojson)"' "$1"
}

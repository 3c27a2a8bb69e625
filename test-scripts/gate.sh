#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# gate.sh: what a stranger at a foreign address draws out of a server whose packets he saw.
#
# host1 stands behind a home router and is mobile, so it is the client of its connections to host2 and
# to the relay. The link of the server is captured from before the connections begin, and a stranger
# with an address of his own sends to it what he finds there: garbage with the connection's ids,
# copies of the client's packets, Initial and Handshake packets with the client's first id. Nothing of
# QUIC may come back to him, and challenges only as many as the gate allows, while a ping every 20 ms
# crosses the connection. Then the same on connections that began with a Retry, which load by
# unfinished handshakes brings about. Last, the home router gives the client another port, and the
# server's first answer there must come after one round trip.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"

usage() {
  cat <<'USAGE'
usage: gate.sh [--smoke] [--lenient] [--seed N] [--json FILE]
  --smoke    without the connections that began with a Retry, and with one rebinding less
  --lenient  times are reported only, as on a machine that does other things
  --seed     of the garbage and of the emulated link (default 1)
  --json     writes the tables as JSON, too
exit: 0 every row as it should be, 1 not, 2 usage
USAGE
}

readonly LINK='wire rate=100mbit delay=5ms queue=256k' # host1 to its router: a round trip of 10 ms
readonly STRANGER_PORTS=(eth0 eth1 eth2 eth3 eth4)     # addresses enough to bring load upon a node
readonly CHALLENGES_PER_SECOND=10
readonly PING_INTERVAL=0.02
readonly SETTLE_SECONDS=20
readonly REBOUND_SECONDS=1.2 # the relay's connection is idle and says something once a second
readonly OWN_PACKET='udp[8] = 0x40 and udp[9:4] = 0x71756963 and udp[13:4] = 0x6d657368' # what is ours and not QUIC

smoke='' lenient='' seed=1 json=''
options smoke lenient seed= json= -- "$@"
[[ $seed =~ ^[0-9]+$ ]] || wrong_usage
[[ -z $smoke ]] && rebindings=3 || rebindings=2

# ---- the lab -----------------------------------------------------------------------------------------

segment() {
  local port
  export LAB_SEED=$seed
  lab_internet
  lab_public relay host2
  lab_host stranger
  for port in "${STRANGER_PORTS[@]}"; do
    lab_attach stranger "$LAB_INET" --if "$port"
  done
  lab_router home port-restricted
  lab_host host1
  LAB_EMULATED=$LINK lab_attach host1 home
  lab_exec host1 ip -6 route flush default # the stranger reads IPv4
  capture_start relay relay eth0 udp
  capture_start host2 host2 eth0 udp
}

daemons() {
  # One unfinished handshake is load enough for this relay.
  printf 'handshakes:\n  in-flight-max: 256\n  per-source-max: 16\n  retry-above: 0\n' >"$LAB_DIR/relay.yaml"
  echo 'mobile: true' >"$LAB_DIR/mobile.yaml"
  relay_start relay --allow-any --config "$LAB_DIR/relay.yaml"
  network_create host1 gate "$(relay_address relay)" >/dev/null
  join_both host1 host2 --config "$LAB_DIR/mobile.yaml" >/dev/null
}

# The connection of host1 that has the client's role, as host1 sees it.
client_connection() { # direct|relay
  node_admin host1 connections | jq -c --arg kind "$1" \
    '[.connections[] | select(.kind == $kind and .role == "client")] | max_by(.start_time) // {}'
}

# One connection as its server sees it.
server_connection() { # SERVER ID
  node_admin "$1" connections | jq -c --arg id "$2" '[.connections[] | select(.connection_id == $id)] | first // {}'
}

settle() { # direct|relay
  local hold_ms=1000
  if [[ $1 == relay ]]; then
    hold_ms=$LONG_HOLD_MS
  elif node_on host1 host2 direct; then
    return
  fi
  node_settle host1 host2 "$1" "$hold_ms" "$SETTLE_SECONDS" ||
    die "the session did not come to $1: $(tail -n 1 "$LAB_DIR/log/handovers.log")"
}

# What the gate of a server held or refused since it started.
refused() { # SERVER
  node_admin "$1" status | jq '.underlay.gate_rejected.gate // .rejected.dropped_gate // 0'
}

# ---- pings -------------------------------------------------------------------------------------------

pings_start() {
  lab_spawn pings@host1 ping -n -i "$PING_INTERVAL" "$HOST2"
  lab_await pings 'icmp_seq=3 ' 10
}

# Sets PINGS to {"sent", "lost", "max_ms"}; what is still on its way does not count.
pings_stop() {
  lab_stop pings INT
  PINGS=$(sed -nE 's/.*icmp_seq=([0-9]+) .*time=([0-9.]+) ms.*/\1 \2/p' "$LAB_DIR/log/pings.log" | awk '
    { seen[$1]; if ($1 + 0 > last) last = $1; if ($2 + 0 > max) max = $2 }
    END { printf "{\"sent\": %d, \"lost\": %d, \"max_ms\": %.1f}", last, last - length(seen), max }')
}

# ---- rows --------------------------------------------------------------------------------------------

# stranger LABEL SERVER direct|relay [retried]: one row for each kind of packet.
stranger() {
  local name=$1 server=$2 id address near_before near_after far_before far_after refused_before
  say "$name"
  settle "$3"
  near_before=$(client_connection "$3")
  id=$(jq -r '.connection_id // empty' <<<"$near_before")
  [[ -n $id ]] || die "host1 has no connection as a client: $3"
  address=$(jq -r .remote_addr <<<"$near_before")
  far_before=$(server_connection "$server" "$id")
  refused_before=$(refused "$server")
  pings_start
  lab_exec stranger "$LAB_LIB/tool" stranger --capture "$LAB_DIR/capture/$server.pcap" \
    --server "${address%:*}" --port "${address##*:}" --connection "$id" --seed "$seed" >"$LAB_DIR/stranger.json" ||
    die "the stranger found nothing to send"
  pings_stop
  near_after=$(client_connection "$3")
  far_after=$(server_connection "$server" "$id")
  jq -c --arg target "$name" --argjson pings "$PINGS" --arg retried "${4-}" --argjson limit "$CHALLENGES_PER_SECOND" \
    --argjson near_before "$near_before" --argjson near_after "$near_after" \
    --argjson far_before "$far_before" --argjson far_after "$far_after" \
    --argjson refused "$(($(refused "$server") - refused_before))" '
    def facts: {connection_id, local_addr, remote_addr, migration_count};
    . as $all
    | ($near_before | facts) as $near | ($far_before | facts) as $far
    | {connection_id, retried, refused: $refused, pings: $pings, in_a_second: .challenges_in_a_second_max,
       migrations: (($far_after.migration_count // 0) - ($far_before.migration_count // 0)),
       kept: ($near == ($near_after | facts) and $far == ($far_after | facts))} as $common
    | .kinds[] | {target: $target} + . + $common
    | .ok = (.quic_packets == 0 and .kept and .pings.lost == 0 and .pings.sent > 50
        and .in_a_second <= $limit and .challenge_bytes_max <= .sent_bytes_min
        and (.challengeable or .challenges == 0) and .retried == ($retried != ""))' "$LAB_DIR/stranger.json" >>"$LAB_DIR/rows"
}

# host1 again, with connections that begin while relay and host2 are under load.
restart_under_load() {
  local port from=()
  for port in "${STRANGER_PORTS[@]}"; do
    from+=(--from "$(lab_ip stranger "$port")")
  done
  node_stop host1
  lab_spawn load-relay@stranger "$LAB_LIB/tool" load --server "$(lab_ip relay)" --port "$LAB_RELAY_PORT" "${from[@]:0:2}"
  lab_spawn load-host2@stranger "$LAB_LIB/tool" load --server "$(lab_ip host2)" --port "$1" "${from[@]}"
  lab_await load-relay '^load: sending' 10
  lab_await load-host2 '^load: sending' 10
  node_start host1 --config "$LAB_DIR/mobile.yaml"
  node_await_ping host1 "$HOST2"
  settle direct
  lab_stop load-relay
  lab_stop load-host2
}

# The router forgets its mappings while pings cross the direct connection, and does so again: code that
# runs for the first time is slow.
rebindings() {
  local i
  settle direct
  RTT=$(lab_exec host1 ping -n -q -i 0.05 -c 10 "$(lab_ip host2)" | sed -nE 's|^rtt .* = [0-9.]+/([0-9.]+)/.*|\1|p')
  for ((i = 1; i <= rebindings; i++)); do
    say "NAT rebinding $i"
    rebinding
  done
}

rebinding() {
  local since server direct relay
  direct=$(client_connection direct)
  relay=$(client_connection relay)
  local -A near=([host2]=$direct [relay]=$relay) far=()
  for server in host2 relay; do
    far[$server]=$(server_connection "$server" "$(jq -r .connection_id <<<"${near[$server]}")")
  done
  pings_start
  since=$EPOCHREALTIME
  lab_nat_rebind home
  sleep "$REBOUND_SECONDS"
  pings_stop
  for server in host2 relay; do
    rebound "$server" "${near[$server]}" "${far[$server]}" "$since"
  done
}

rebound() { # SERVER CLIENT'S-CONNECTION SERVER'S-CONNECTION SINCE
  local after
  after=$(server_connection "$1" "$(jq -r .connection_id <<<"$2")")
  jq -n --arg target "$1" --argjson client "$2" --argjson before "$3" --argjson after "$after" \
    --argjson pings "$PINGS" --argjson rtt "$RTT" \
    --argjson passed "$(passed "$1" "$(jq -r .remote_addr <<<"$2")" "$(jq -r .remote_addr <<<"$3")" "$4")" '
    ([($after.migration_events // [])[] | select(.new_addr == $after.remote_addr)]) as $events
    | {target: $target, connection_id: $client.connection_id, old: $before.remote_addr, new: $after.remote_addr,
       kept: ($after.connection_id == $client.connection_id and $before.remote_addr != $after.remote_addr),
       migrations: (($after.migration_count // 0) - ($before.migration_count // 0)), causes: ([$events[].cause] | unique),
       rtt_ms: $rtt, pings: $pings} + $passed
    | .ok = (.kept and .migrations == 1 and .causes == ["nat-rebinding"] and .pings.lost == 0 and .round_trips == 1)' \
    >>"$LAB_DIR/rebound"
}

# What the capture at the server has of the client's new port: {"round_trips", "answer_ms", "server_ms"}: how
# many answers to challenges came before the server sent QUIC there, when it did, counted from the
# first packet of the port, and how much of that lies after the first answer.
passed() { # SERVER SERVER-ADDRESS OLD-CLIENT-ADDRESS SINCE
  { packets "$1" "udp and $OWN_PACKET" own && packets "$1" "udp and not ($OWN_PACKET)" quic; } | sort -n |
    awk -v server="${2//:/.}" -v old="${3//:/.}" -v since="$4" '
      BEGIN { host = old; sub(/\.[0-9]+$/, ".", host) }
      $1 < since { next }
      $3 == server && index($2, host) == 1 && $2 != old && !begin { begin = $1; port = $2 }
      $2 == port && $4 == "own" && !quic { if (!answers++) answered = $1 }
      $3 == port && $2 == server && $4 == "quic" && !quic { quic = $1 }
      END {
        if (quic) printf "{\"round_trips\": %d, \"answer_ms\": %.1f, \"server_ms\": %.1f}", answers, (quic - begin) * 1000, (quic - answered) * 1000
        else printf "{\"round_trips\": null, \"answer_ms\": null, \"server_ms\": null}"
      }'
}

# Time, from, to and the given word for each packet of a capture that the filter passes.
packets() { # SERVER FILTER WORD
  tcpdump -tt -nn -q -r "$LAB_DIR/capture/$1.pcap" "$2" 2>/dev/null |
    sed -nE "s/^([0-9.]+) IP ([0-9.]+) > ([0-9.]+): UDP.*/\1 \2 \3 $3/p"
}

# Whether the median time until the first answer is under two round trips.
in_time() { # SERVER
  jq -se --arg target "$1" '[.[] | select(.target == $target)]
    | (map(.answer_ms) | sort | .[(length - 1) / 2 | floor]) as $median | $median != null and $median < 2 * .[0].rtt_ms' \
    "$LAB_DIR/rebound" >/dev/null
}

# ---- what came out ------------------------------------------------------------------------------------

print_tables() {
  jq -r '[.target, .kind, .sent, .quic_bytes, .challenges, .challenge_bytes_max, .in_a_second, .refused, .retried, .migrations,
      "\(.pings.lost) of \(.pings.sent)", (if .ok then "ok" else "FAILED" end)] | @tsv' "$LAB_DIR/rows" |
    table 'connection\tstranger sends\tpackets\tQUIC bytes back\tchallenges\tof bytes\tmost in 1 s\theld or refused\tafter Retry\tmigrations\tpings lost\tresult'
  echo
  jq -r '[.target, (.old, .new | split(":") | last), .migrations, (.causes | join(",")), .round_trips, .rtt_ms, .answer_ms, .server_ms,
      "\(.pings.lost) of \(.pings.sent)", .pings.max_ms, (if .ok then "ok" else "FAILED" end)] | @tsv' "$LAB_DIR/rebound" |
    table 'NAT rebinding\told port\tnew port\tmigrations\tcause\tround trips\tone takes ms\tfirst QUIC answer after ms\tof that at the server ms\tpings lost\tlongest ping ms\tresult'
}

lab_start
lab_build
"$LAB_LIB/tool" stranger --help >/dev/null # built before anything is timed
segment
daemons
stranger 'host2' host2 direct
stranger 'relay' relay relay
if [[ -z $smoke ]]; then
  settle direct
  host2_port=$(client_connection direct | jq -r '.remote_addr | split(":") | last')
  restart_under_load "$host2_port"
  stranger 'host2' host2 direct retried
  stranger 'relay' relay relay retried
fi
rebindings

echo
print_tables
late=()
for server in host2 relay; do
  in_time "$server" || late+=("$server")
done
((${#late[@]} == 0)) || echo "more than two round trips until the first QUIC answer (median): ${late[*]}"
[[ -z $json ]] || jq -n --argjson seed "$seed" --slurpfile rows "$LAB_DIR/rows" --slurpfile rebound "$LAB_DIR/rebound" \
  '{link: "emulated, 10 ms", seed: $seed, rows: $rows, rebinding: $rebound}' >"$json"
jq -se 'all(.ok)' "$LAB_DIR/rows" "$LAB_DIR/rebound" >/dev/null && { [[ -n $lenient ]] || ((${#late[@]} == 0)); }

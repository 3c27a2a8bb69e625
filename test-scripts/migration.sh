#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# migration.sh: whether frames are lost, doubled or reordered while the network under nodes changes.
#
# Two hosts with two uplinks each, emulated links of 100 Mbit/s that together make a round trip of
# 10 ms, and a relay on a public network. The prober sends numbered frames of 200 bytes both ways on
# several flows, and meanwhile something happens to the network of one host or of both. One row for each
# thing that happens. host1 is mobile: it dials, so it has QUIC's client role and its connection
# migrates; host2 has the server role and cannot.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'USAGE'
usage: migration.sh [--smoke] [--row PATTERN] [--lenient] [--ipv6] [--rate N] [--seconds N] [--seed N] [--json FILE]
       migration.sh --moves N [--rate N] [--seed N]
  --smoke    three rows only
  --row      rows whose name matches this regular expression
  --moves    instead of the rows: so many moves to another port, one after the other, with figures of memory
  --ipv6     relay and hosts have IPv6 only
  --rate     frames a second in each direction (default 2000)
  --seconds  how long a row goes on after what happens (default 3)
  --seed     of the emulated links (default 1)
  --lenient  gaps are reported only, as on a machine that does other things
  --json     writes the table as JSON, too
exit: 0 every row as it should be, 1 not, 2 usage
USAGE
}

readonly SUBNET=10.66.0.0/24 HOST2=10.66.0.2
readonly LINK='wire rate=100mbit delay=2500us queue=256k'
readonly FRAME_BYTES=200 FLOWS=8
readonly SMOKE='^direct: (link down|address change|port change)$'
readonly FIRST_METRIC=100 SECOND_METRIC=200
readonly BEFORE_SECONDS=1 SETTLE_SECONDS=30

rows=. lenient=false moves=0 ipv6=no rate=2000 seconds=3 seed=1 json=''
while (($#)); do
  case $1 in
    --smoke) rows=$SMOKE ;;
    --row) rows=${2-}; shift || true ;;
    --moves) moves=${2-}; shift || true ;;
    --lenient) lenient=true ;;
    --ipv6) ipv6=yes ;;
    --rate) rate=${2-}; shift || true ;;
    --seconds) seconds=${2-}; shift || true ;;
    --seed) seed=${2-}; shift || true ;;
    --json) json=${2-}; shift || true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[[ $rate$seconds$seed$moves =~ ^[0-9]+$ && -n $rows ]] || { usage >&2; exit 2; }

FAILED=0
STEP_FAILED=''

say() {
  echo "migration.sh: $*" >&2
}

segment() {
  local host config=$LAB_DIR/mobile.yaml relay
  export LAB_SEED=$seed
  lab_internet
  lab_host relay
  lab_attach relay "$LAB_INET"
  for host in host1 host2; do
    lab_host "$host"
    LAB_EMULATED=$LINK lab_attach "$host" "$LAB_INET" --if eth0 --metric "$FIRST_METRIC"
    LAB_EMULATED=$LINK lab_attach "$host" "$LAB_INET" --if eth1 --metric "$SECOND_METRIC"
  done
  relay_start relay --allow-any
  relay=$(relay_address relay)
  if [[ $ipv6 == yes ]]; then
    for host in relay host1 host2; do
      lab_exec "$host" ip -4 route flush default
    done
    relay="[$(lab_ip6 relay)]:$LAB_RELAY_PORT#${relay##*#}"
  fi
  node_cli host1 network create migration --node host1 --subnet "$SUBNET" --relay "$relay" >/dev/null
  echo 'mobile: true' >"$config"
  node_start host1 --config "$config"
  node_admit host1 host2 --address "$HOST2/24" >/dev/null
  node_start host2
  lab_run host1 ping -n -q -c 1 -w 30 "$HOST2" >/dev/null || die "host2 does not answer"
}

# ---- the way of the session --------------------------------------------------------------------------

carrier() {
  node_cli host1 peers --json | jq -r '.peers[] | select(.name == "host2") | .carrier'
}

# Before a row: the session is where the row wants it, and stays there while nothing happens.
settle() { # direct|relay
  local deadline=$((SECONDS + SETTLE_SECONDS)) hold=1s
  [[ $1 == direct ]] || hold=1h
  until node_cli host1 handover host2 "$1" --hold "$hold" >>"$LAB_DIR/log/settle.log" 2>&1 \
    && [[ $(carrier) == "$1" ]]; do
    if ((SECONDS >= deadline)); then
      STEP_FAILED="the session did not come to $1 before"
      return 0
    fi
    sleep 0.5
  done
}

# The connection that carries the session, as its host sees it.
connection() { # HOST direct|relay
  node_cli "$1" connections --json | jq -c --arg kind "$2" '[.connections[] | select(.kind == $kind)] | last // {}'
}

# ---- rows --------------------------------------------------------------------------------------------

# row NAME KIND GAP-MS COMMAND...: the prober sends while the command runs.
row() {
  local name=$1 kind=$2 limit=$3 mover before after far_after since
  [[ $name =~ $rows ]] || return 0
  say "$name"
  mover=$([[ $name == *server* ]] && echo host2 || echo host1)
  STEP_FAILED=''
  settle "$kind"
  before=$(connection "$mover" "$kind")
  since=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  probe_start probe host1:qm0 host2:qm0 --rate "$rate" --size "$FRAME_BYTES" --flows "$FLOWS" --both-ways
  sleep "$BEFORE_SECONDS"
  "${@:4}" || STEP_FAILED="${STEP_FAILED:-step failed}"
  sleep "$seconds"
  probe_stop probe || STEP_FAILED="${STEP_FAILED:-the prober did not end}"
  after=$(connection "$mover" "$kind")
  far_after=$(connection "$([[ $mover == host1 ]] && echo host2 || echo host1)" "$kind")
  jq -n --argjson lenient "$lenient" --arg name "$name" --arg kind "$kind" --argjson limit "$limit" --arg failed "$STEP_FAILED" \
    --arg since "$since" --slurpfile report "$LAB_DIR/probe.json" \
    --argjson before "$before" --argjson after "$after" --argjson far "$far_after" \
    --argjson handovers "$(node_cli host1 handovers --json)" '
    ([($after.migration_events // [])[] | select(.timestamp >= $since)]) as $events
    | {name: $name, kind: $kind, gap_limit_ms: $limit, step_failed: $failed, probe: $report[0],
       connection_before: ($before.connection_id // null), connection_after: ($after.connection_id // null),
       migrations: ($events | length), validated: ([$events[] | select(.validated)] | length),
       causes: ([$events[].cause] | unique), events: $events,
       far: {connection_id: $far.connection_id, migrations: ([($far.migration_events // [])[] | select(.timestamp >= $since)] | length)},
       handovers: ([$handovers | if type == "object" then .handovers else . end | .[] | select(.time >= $since)])}
    | .ok = (.step_failed == "" and .probe.ring_drops == 0 and (.probe.total | .lost + .doubled + .reordered) == 0
        and ($lenient or .probe.total.max_gap_ms <= $limit))' >"$LAB_DIR/row"
  cat "$LAB_DIR/row" >>"$LAB_DIR/rows"
  jq -e .ok "$LAB_DIR/row" >/dev/null || FAILED=$((FAILED + 1))
  restore
}

# Both hosts as at the beginning of a row.
restore() {
  local host if metric
  for host in host1 host2; do
    for if in eth0 eth1; do
      metric=$([[ $if == eth0 ]] && echo "$FIRST_METRIC" || echo "$SECOND_METRIC")
      link_both "$host" "$if" mend
      lab_carrier_up "$host" "$if"
      lab_link_up "$host" "$if"
      [[ $ipv6 == no ]] || lab_exec "$host" ip -4 route flush default
    done
  done
  : "$metric"
  sleep 1
}

link_down() { # HOST
  lab_link_down "$1" eth0
}

link_down_and_up() { # HOST
  lab_link_down "$1" eth0
  sleep 1.5
  lab_link_up "$1" eth0
}

carrier_lost() { # HOST
  lab_carrier_down "$1" eth0
}

prefer_second() { # HOST
  lab_exec "$1" ip route replace default via "$LAB_GATEWAY4" dev eth1 onlink metric 50
  lab_exec "$1" ip -6 route replace default via "$LAB_GATEWAY6" dev eth1 metric 50
  sleep 1.5
  lab_exec "$1" ip route del default via "$LAB_GATEWAY4" dev eth1 metric 50
  lab_exec "$1" ip -6 route del default via "$LAB_GATEWAY6" dev eth1 metric 50
}

double_switch() { # HOST
  lab_link_down "$1" eth0
  sleep 0.1
  lab_link_up "$1" eth0
  lab_link_down "$1" eth1
  sleep 0.1
  lab_link_up "$1" eth1
}

blackhole() { # HOST
  link_both "$1" eth0 cut
}

both_down() {
  lab_link_down host1 eth0 &
  lab_link_down host2 eth0
  wait $!
}

port_change() { # TARGET
  node_cli host1 simulate-migration "$1" --json >"$LAB_DIR/simulated.json" 2>>"$LAB_DIR/log/settle.log"
}

# ---- many moves --------------------------------------------------------------------------------------

memory() { # HOST: resident MiB of its node
  local pid=${LAB_PID[$1]} child
  child=$(pgrep -P "$pid" java || true)
  awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/${child:-$pid}/status"
}

move_once() {
  curl -s -m 10 --unix-socket "$LAB_DIR/state/host1/admin.sock" -H 'Content-Type: application/json' \
    -d '{"target": "host2"}' http://localhost/api/simulate-migration
}

many_moves() {
  local i answer failed=0 report
  settle direct
  probe_start probe host1:qm0 host2:qm0 --rate "$rate" --size "$FRAME_BYTES" --flows "$FLOWS" --both-ways
  printf 'moves\thost1 MiB\thost2 MiB\tfailed\n0\t%s\t%s\t0\n' "$(memory host1)" "$(memory host2)" >"$LAB_DIR/memory"
  for ((i = 1; i <= moves; i++)); do
    answer=$(move_once || true)
    if ! jq -e .connection_id <<<"$answer" >/dev/null 2>&1; then
      failed=$((failed + 1))
      echo "$answer" >>"$LAB_DIR/log/moves.log"
      sleep 0.5
    fi
    if ((i % 50 == 0)); then
      printf '%s\t%s\t%s\t%s\n' "$i" "$(memory host1)" "$(memory host2)" "$failed" >>"$LAB_DIR/memory"
    fi
  done
  sleep 2
  probe_stop probe || say 'the prober did not end'
  table <"$LAB_DIR/memory"
  report=$(jq -c '{sent: .total.sent, lost: .total.lost, doubled: .total.doubled, reordered: .total.reordered, max_gap_ms: .total.max_gap_ms, ring_drops}' "$LAB_DIR/probe.json")
  echo "$report"
  echo "sockets of host1: $(lab_exec host1 ss -Huan | wc -l)"
  jq -e '.lost + .doubled + .reordered == 0' <<<"$report" >/dev/null && ((failed == 0))
}

print_table() {
  {
    printf 'what happens\tsent\tlost\tdoubled\treordered\tgap ms\tallowed ms\tmigrations\tvalidated\tcause\thandovers\tresult\n'
    jq -r 'def tenths: . * 10 | round / 10;
      [.name, .probe.total.sent, .probe.total.lost, .probe.total.doubled, .probe.total.reordered,
       (.probe.total.max_gap_ms | tenths), .gap_limit_ms, .migrations, .validated, (.causes | join(",") | if . == "" then "-" else . end),
       ([.handovers[] | select(.result == "done")] | length),
       (if .ok then "ok" else "FAILED" + (if .step_failed == "" then "" else ": " + .step_failed end) end)] | @tsv' "$LAB_DIR/rows"
  } | table
}

lab_require_root
lab_build
lab_start
"$LAB_LIB/tool" prober --help >/dev/null # built before anything is timed
segment
if ((moves > 0)); then
  many_moves
  exit
fi
row 'nothing' direct 1000 sleep 1
row 'direct: link down' direct 100 link_down host1
row 'direct: link down and up' direct 100 link_down_and_up host1
row 'direct: carrier lost' direct 500 carrier_lost host1
row 'direct: address change' direct 100 lab_new_address host1 eth0
row 'direct: route preference' direct 100 prefer_second host1
row 'direct: double switch' direct 300 double_switch host1
row 'direct: port change' direct 100 port_change host2
row 'direct: uplink silent' direct 1200 blackhole host1
row 'relay: link down' relay 100 link_down host1
row 'relay: address change' relay 100 lab_new_address host1 eth0
row 'relay: carrier lost' relay 500 carrier_lost host1
row 'relay: port change' relay 100 port_change "relay:$(lab_ip relay)"
row 'server role: link down' direct 300 link_down host2
row 'server role: carrier lost' direct 500 carrier_lost host2
row 'server role: address change' direct 300 lab_new_address host2 eth0
row 'both: link down' direct 2000 both_down

echo
print_table
[[ -z $json ]] || jq -s --arg seed "$seed" '{link: "emulated, 100 Mbit/s, 10 ms", seed: ($seed | tonumber), rows: .}' "$LAB_DIR/rows" >"$json"
((FAILED == 0))

#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# migration.sh: whether frames are lost, doubled or reordered while the network under nodes changes.
#
# Two hosts and a relay on a public network, emulated links of 100 Mbit/s that together make a round trip
# of 10 ms. The prober sends numbered frames of 200 bytes both ways on several flows, beside a TCP stream,
# a file that is copied and compared, and ping. Meanwhile something happens to the network of one host or
# of both: one row for each thing that happens. The rows come in stages, each with a network of its own:
#
#   v4    host1 and host2 with two uplinks each, with IPv4 only; host1 is mobile: it dials, so it has QUIC's client role
#         and its connection migrates; host2 has the server role and cannot
#   v6    the same, with IPv6 only
#   nat   each host behind a router with NAT, which forgets its mappings
#
# "Gap" is the longest pause of any flow, beyond the prober's own spacing; "at speed" the longest without the time in
# which the machine itself was slow, as the prober's own arithmetic tells (virtual machines are held back at times), and
# that is what is judged. "Dropped" is what the nodes did not accept, for any reason. "Migrations" are those that both
# ends counted, client/server, of the connection that carried the session; "same id" says whether the session is on that
# connection still, and "equal" whether both ends tell the same of it.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"

readonly STAGES=(v4 v6 nat)

usage() {
  cat <<USAGE
usage: migration.sh [--smoke] [--stage NAME]... [--row PATTERN] [--plain] [--lenient] [--rate N] [--seconds N]
                    [--warm SECONDS] [--seed N] [--json FILE]
       migration.sh --moves N [--rate N] [--seed N]
  --smoke    three rows only, the prober alone
  --stage    this stage only; may be given again. Stages: ${STAGES[*]}
  --row      rows whose name matches this regular expression
  --moves    instead of the rows: so many moves to another port, one after the other, with figures of memory
  --plain    the prober alone, without the TCP stream, the copy and ping
  --rate     frames a second in each direction (default 2000)
  --seconds  how long a row goes on after what happens (default 3)
  --warm     frames, a TCP stream and moves before a stage's first row (default 40; with --smoke 0)
  --seed     of the emulated links (default 1)
  --lenient  gaps are reported only, as on a machine that does other things
  --json     writes the table as JSON, too
exit: 0 every row as it should be, 1 not, 2 usage
USAGE
}

readonly LINK='wire rate=100mbit delay=2500us queue=256k'
readonly SMALL_MTU=1280
readonly SMOKE='^direct: (link down|address change|port change)$'
readonly FIRST_METRIC=100 SECOND_METRIC=200
readonly MOVE_SECONDS=15 MOVE_PAUSE=0.1
readonly BEFORE_SECONDS=1 SETTLE_SECONDS=40 RECOVER_SECONDS=12

smoke='' stage=() row=. plain='' lenient='' moves=0 rate=2000 seconds=3 warm=40 seed=1 json=''
options smoke stage+= row= plain lenient moves= rate= seconds= warm= seed= json= -- "$@"
[[ $rate$seconds$warm$seed$moves =~ ^[0-9]+$ ]] || wrong_usage
for name in "${stage[@]}"; do
  [[ " ${STAGES[*]} " == *" $name "* ]] || wrong_usage
done
stages=("${stage[@]}") rows=$row
[[ ${#stages[@]} -gt 0 ]] || stages=("${STAGES[@]}")
[[ -z $smoke ]] || rows=$SMOKE plain=yes warm=0
if [[ -n $smoke ]] || ((moves > 0)); then
  stages=(v4)
fi

STAGE=''       # the stage under way
A='' B=''      # its hosts, the client of direct connections first
STEP_FAILED='' # what went wrong beside the frames in this row
NOTE=''        # what else the row has measured
SILENCED=''    # whose uplink swallowed everything in this row
PAUSE_MS=0     # for how long the lab itself let nothing pass
BEFORE=''      # the connection that carried the session before the row

# ---- stages ------------------------------------------------------------------------------------------

begin_stage() { # NAME
  local host relay
  STAGE=$1
  say "stage $1"
  if [[ $1 == nat ]]; then
    A=nat1 B=nat2
    for host in "$A" "$B"; do
      lab_router "router-$host" full-cone
      lab_host "$host"
      LAB_EMULATED=$LINK lab_attach "$host" "router-$host" --if eth0 --metric "$FIRST_METRIC"
    done
  else
    A=host1 B=host2
    for host in "$A" "$B"; do
      [[ -z ${LAB_KIND[$host]-} ]] || continue
      lab_host "$host"
      LAB_EMULATED=$LINK lab_attach "$host" "$LAB_INET" --if eth0 --metric "$FIRST_METRIC"
      LAB_EMULATED=$LINK lab_attach "$host" "$LAB_INET" --if eth1 --metric "$SECOND_METRIC"
    done
  fi
  relay=$(relay_address relay)
  if [[ $1 == v6 ]]; then
    relay="[$(lab_ip6 relay)]:$LAB_RELAY_PORT#${relay##*#}"
  fi
  links_up
  start_nodes "$relay"
  relay_ip=$(node_admin "$A" status | jq -r '.relays[0].address | sub(":[0-9]+$"; "")')
  ((moves > 0)) || warm_up "$warm" "$A" "$B" "$rate" moves_and_handovers
}

start_nodes() { # RELAY-ADDRESS
  rm -rf "$LAB_DIR/state/$A" "$LAB_DIR/state/$B"
  echo 'mobile: true' >"$LAB_DIR/mobile.yaml"
  network_create "$A" "migration-$STAGE" "$1" >/dev/null
  join_both "$A" "$B" --config "$LAB_DIR/mobile.yaml" >/dev/null
}

# Its logs stay beside those of the next stage, which has nodes of the same names.
end_stage() {
  local host
  for host in "$A" "$B"; do
    node_stop "$host"
    mv "$LAB_DIR/log/$host.log" "$LAB_DIR/log/$host-$STAGE.log"
  done
}

# Each stage is about one family; routers translate IPv4 only. A link that comes up brings both.
one_family() {
  local host family=-6
  [[ $STAGE != v6 ]] || family=-4
  for host in "$A" "$B"; do
    lab_exec "$host" ip "$family" route flush default
  done
}

links_up() {
  local host if
  for host in "$A" "$B"; do
    for if in eth0 eth1; do
      [[ -z ${LAB_END[$host/$if]-} ]] || lab_link_up "$host" "$if"
    done
  done
  one_family
}

# ---- the way of the session --------------------------------------------------------------------------

# Before a row: the session is where the row wants it, and stays there while nothing happens.
settle() { # direct|relay
  local hold_ms=1000
  [[ $1 == direct ]] || hold_ms=$LONG_HOLD_MS
  if ! until_true "$SETTLE_SECONDS" on_first_uplinks; then
    STEP_FAILED='a host did not come back to its first uplink before'
  elif [[ $1 == direct ]] && ! until_true "$SETTLE_SECONDS" is_client; then
    STEP_FAILED="$A did not become the client before"
  elif ! node_settle "$A" "$B" "$1" "$hold_ms" "$SETTLE_SECONDS"; then
    STEP_FAILED="the session did not come to $1 before"
  else
    sleep 1
  fi
}

# What happens to a first uplink is to happen to the connections.
on_first_uplinks() {
  local host own
  for host in "$A" "$B"; do
    own=$(lab_exec "$host" ip -j address show eth0 | jq -c '[.[].addr_info[].local]')
    node_admin "$host" connections | jq -e --argjson own "$own" '
      [.connections[].local_addr | sub(":[0-9]+$"; "") | gsub("[][]"; "")] - $own == []' >/dev/null || return 1
  done
}

# After a row in which the server moved, and dialled, the mobile host takes the client's role back.
is_client() {
  node_admin "$A" connections | jq -e '
    [.connections[] | select(.kind == "direct") | .role] == ["client"]' >/dev/null
}

# The connection that carries the session, as this host sees it.
connection() { # HOST
  local peer=$A
  [[ $1 != "$A" ]] || peer=$B
  node_admin "$1" "test?peer=$peer" 2>>"$LAB_DIR/log/settle.log" || echo '{}'
}

# What a host tells of one of its connections; of one that is gone, what its history tells.
connection_of() { # HOST ID
  jq -n --arg id "$2" --argjson now "$(node_admin "$1" connections)" --argjson past "$(node_admin "$1" migrations)" '
    ($now.connections[$id] // {connection_id: null})
    + {migration_events: [$past[] | select(.connection_id == $id)]}'
}

# ---- rows --------------------------------------------------------------------------------------------

# row NAME KIND GAP-MS MOVER COMMAND...: the prober sends while the command runs. MOVER is the host whose
# network changes, or "-" where none of its connections is to migrate.
row() {
  local name=$1 kind=$2 mover=$4 since
  [[ $STAGE == v4 ]] || name="$STAGE $name"
  [[ $name =~ $rows ]] || return 0
  say "$name"
  STEP_FAILED='' NOTE='' PAUSE_MS=0
  settle "$kind"
  BEFORE=$(connection "$([[ $mover == "$B" ]] && echo "$B" || echo "$A")" | jq -r '.connection.connection_id // ""')
  since=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  COUNTERS=$(frame_counters "$A" "$B")
  load_begin
  probe_both "$A" "$B" "$rate"
  sleep "$BEFORE_SECONDS"
  "${@:5}" || STEP_FAILED="${STEP_FAILED:-step failed}"
  sleep "$seconds"
  probe_stop probe || STEP_FAILED="${STEP_FAILED:-the prober did not end}"
  load_end
  judge "$name" "$kind" "$(($3 + PAUSE_MS))" "$mover" "$BEFORE" "$since"
  restore
}

load_begin() {
  [[ -z $plain ]] || return 0
  load_start "$A" "$B" "$HOST2"
  lab_spawn "ping@$A" ping -n -i 0.05 "$HOST2"
}

load_end() {
  [[ -z $plain ]] || return 0
  local answers
  lab_stop ping INT || true
  load_stop
  answers=$(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\2 of \1/p' "$LAB_DIR/log/ping.log")
  NOTE+="${NOTE:+; }$LOAD_NOTE, ping $answers"
}

judge() { # NAME KIND GAP-MS MOVER CONNECTION SINCE
  local now counters
  counters=$(difference "$COUNTERS" "$(frame_counters "$A" "$B")")
  now=$(connection "$([[ $4 == "$B" ]] && echo "$B" || echo "$A")" | jq -r '.connection.connection_id // ""')
  jq -n --arg lenient "$lenient" --arg name "$1" --arg kind "$2" --argjson limit "$3" --arg mover "$4" \
    --arg before "$5" --arg since "$6" --arg now "$now" --arg failed "$STEP_FAILED" --arg note "$NOTE" \
    --slurpfile report "$LAB_DIR/probe.json" --argjson near "$(connection_of "$A" "$5")" --argjson far "$(connection_of "$B" "$5")" \
    --argjson handovers "$(node_admin "$A" handovers)" --argjson counters "$counters" --argjson dropped "$(dropped "$counters")" '
    def since: [.migration_events[] | select(.timestamp >= $since)];
    ($near | since) as $here | ($far | since) as $there
    | {name: $name, kind: $kind, gap_limit_ms: $limit, step_failed: $failed, note: $note,
       probe: ($report[0] | del(.directions[].gap_windows_ms)), connection_before: $before, connection_after: $now,
       near: {connection_id: $near.connection_id, events: $here}, far: {connection_id: $far.connection_id, events: $there},
       handovers: [$handovers[] | select(.time >= $since)], $counters, $dropped}
    | .migrations = {near: ($here | length), far: ($there | length)}
    | .validated = ([$here[], $there[] | select(.validated)] | length)
    | .causes = ([$here[].cause] | if length == 0 then [$there[].cause] else . end | unique)
    | def moves: map(select(.cause != "fell-back") | {old_addr, new_addr}) | sort;
      .equal = (($here | moves) == ($there | moves))
    | .ok = (.step_failed == "" and .probe.ring_drops == 0 and (.probe.total | .lost + .doubled + .reordered) == 0
        and ($lenient != "" or .probe.total.max_gap_at_speed_ms <= $limit))' >>"$LAB_DIR/log/rows"
}

# Both hosts as at the beginning of a row.
restore() {
  local host if
  for host in "$A" "$B"; do
    for if in eth0 eth1; do
      [[ -n ${LAB_END[$host/$if]-} ]] || continue
      link_both "$host" "$if" mend
      link_both "$host" "$if" set mtu=0
      lab_carrier_up "$host" "$if"
    done
  done
  [[ -z $SILENCED ]] || plug_anew "$SILENCED"
  SILENCED=''
  links_up
  sleep 1
  [[ $STAGE != v6 ]] || meet_routers
}

# Linux passes over a router that once did not answer, whatever its route's metric, and asks again a minute later.
meet_routers() {
  local host
  for host in "$A" "$B"; do
    lab_exec "$host" ping -q -n -c 1 -w 5 "$LAB_GATEWAY6%eth0" >/dev/null || true
  done
}

# A node avoids an uplink that swallowed everything for a minute, unless it is plugged in anew.
plug_anew() { # HOST
  lab_carrier_down "$1" eth0
  sleep 1
  lab_carrier_up "$1" eth0
}

# ---- what happens ------------------------------------------------------------------------------------

link_down() { # HOST
  lab_link_down "$1" eth0
}

link_down_and_up() { # HOST
  lab_link_down "$1" eth0
  sleep 1.5
  lab_link_up "$1" eth0
  one_family
}

carrier_lost() { # HOST
  lab_carrier_down "$1" eth0
}

address_change() { # HOST
  lab_new_address "$1" eth0
  one_family
}

prefer_second() { # HOST
  local route=(default via "$LAB_GATEWAY4" dev eth1 onlink metric 50)
  [[ $STAGE != v6 ]] || route=(default via "$LAB_GATEWAY6" dev eth1 metric 50)
  lab_exec "$1" ip route replace "${route[@]}"
  sleep 1.5
  lab_exec "$1" ip route del "${route[@]}"
}

double_switch() { # HOST
  lab_link_down "$1" eth0
  sleep 0.1
  lab_link_up "$1" eth0
  lab_link_down "$1" eth1
  sleep 0.1
  lab_link_up "$1" eth1
  one_family
}

silent() { # HOST
  link_both "$1" eth0 cut
  SILENCED=$1
}

# The second uplink carries small packets only, and says so to nobody.
smaller_uplink() { # HOST
  link_both "$1" eth1 set mtu="$SMALL_MTU"
  lab_link_down "$1" eth0
  sleep 2
}

# While a lab's router changes nothing passes it, which is none of the nodes' doing.
nat_anew() { # forget|rebind HOST
  "lab_nat_$1" "router-$2"
  PAUSE_MS=$LAB_NAT_PAUSE_MS
  NOTE="the router was closed for $PAUSE_MS ms, which is allowed beside"
}

both_down() {
  lab_link_down "$A" eth0 &
  lab_link_down "$B" eth0
  wait $!
}

port_change() { # TARGET
  node_admin "$A" simulate-migration "{\"target\": \"$1\"}" >>"$LAB_DIR/log/moves.log" 2>&1
}

# What the mover sends by its second uplink reaches the relay and not the other host.
blocked_path() {
  local failed
  lab_between "$A" "$B" drop eth1
  lab_link_down "$A" eth0
  sleep 4
  node_on "$A" "$B" relay || STEP_FAILED='the session did not go on through the relay'
  lab_between_free
  failed=$(node_admin "$A" status | jq .migrations.failed)
  until_true "$RECOVER_SECONDS" replaced || STEP_FAILED="${STEP_FAILED:-no direct connection took the place of the one that failed}"
  NOTE="failed migrations $failed, as told: $(grep -c 'migration failed' "$LAB_DIR/log/$A.log" || true)"
}

# Of both carriers, and from one to the other.
moves_and_handovers() {
  node_hand_over "$A" "$B" direct 1000
  port_change "$B"
  sleep 0.3
  node_hand_over "$A" "$B" relay 1000
  port_change "relay:$relay_ip"
  sleep 0.3
}

# Another direct connection is there, and only that.
replaced() {
  node_admin "$A" connections | jq -e --arg old "$BEFORE" '
    [.connections[] | select(.kind == "direct")] | length > 0 and all(.connection_id != $old)' >/dev/null
}

# ---- many moves --------------------------------------------------------------------------------------

memory() { # HOST: resident MiB of its node
  local pid=${LAB_PID[$1]} child
  child=$(pgrep -P "$pid" java || true)
  awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/${child:-$pid}/status"
}

# While one connection replaces another there is no direct one to move for a moment: asked again.
many_moves() {
  local i failed=0 report
  settle direct
  node_hand_over "$A" "$B" direct "$LONG_HOLD_MS" # it would leave a path that changes all the time
  COUNTERS=$(frame_counters "$A" "$B")
  probe_both "$A" "$B" "$rate"
  printf 'moves\tMiB client\tserver\tfailed\n0\t%s\t%s\t0\n' "$(memory "$A")" "$(memory "$B")" >"$LAB_DIR/memory"
  for ((i = 1; i <= moves; i++)); do
    until_true "$MOVE_SECONDS" port_change "$B" || failed=$((failed + 1))
    sleep "$MOVE_PAUSE"
    if ((i % 50 == 0)); then
      printf '%s\t%s\t%s\t%s\n' "$i" "$(memory "$A")" "$(memory "$B")" "$failed" >>"$LAB_DIR/memory"
      tail -n 1 "$LAB_DIR/memory" >&2
    fi
  done
  sleep 2
  probe_stop probe || say 'the prober did not end'
  table <"$LAB_DIR/memory"
  report=$(jq -c --argjson dropped "$(dropped "$(difference "$COUNTERS" "$(frame_counters "$A" "$B")")")" '
    {sent: .total.sent, lost: .total.lost, doubled: .total.doubled, reordered: .total.reordered, max_gap_ms: .total.max_gap_ms, max_gap_at_speed_ms: .total.max_gap_at_speed_ms,
     gaps_over_300_ms: ([.directions[].gap_windows_ms[] | select(. > 300)] | length), ring_drops, $dropped}' "$LAB_DIR/probe.json")
  echo "$report"
  echo "carrier $(node_peer "$A" "$B" .carrier), connections $(node_admin "$A" connections | jq '.connections | length'), sockets $(lab_exec "$A" ss -Huan | wc -l)," \
    "handovers $(node_peer "$A" "$B" .handovers)," \
    "migrations $(node_admin "$A" status | jq -c .migrations)"
  jq -e '.lost + .doubled + .reordered == 0' <<<"$report" >/dev/null && ((failed == 0))
}

print_table() {
  jq -r 'def tenths: . * 10 | round / 10;
    [.name, .probe.total.sent, .probe.total.lost, .probe.total.doubled, .probe.total.reordered, .dropped,
     (.probe.total.max_gap_ms | tenths), (.probe.total.max_gap_at_speed_ms | tenths), .gap_limit_ms, "\(.migrations.near)/\(.migrations.far)", .validated,
     (.causes | join(",") | if . == "" then "-" else . end),
     (if .connection_before == .connection_after then "yes" else "no" end),
     (if .kind != "direct" then "-" elif .equal then "yes" else "no" end),
     ([.handovers[] | select(.result == "done")] | length),
     (if .ok then "ok" else "FAILED" + (if .step_failed == "" then "" else ": " + .step_failed end) end)] | @tsv' "$LAB_DIR/log/rows" |
    table 'what happens\tsent\tlost\tdoubled\treordered\tdropped\tgap ms\tat speed\tallowed ms\tmigrations\tvalidated\tcause\tsame id\tequal\thandovers\tresult'
  jq -r 'select(.note != "") | "\(.name): \(.note)"' "$LAB_DIR/log/rows"
  explain_losses "$LAB_DIR/log/rows"
}

# ---- all rows ----------------------------------------------------------------------------------------

two_uplinks() {
  row 'nothing' direct 1000 - sleep 1
  row 'direct: link down' direct 100 "$A" link_down "$A"
  row 'direct: link down and up' direct 100 "$A" link_down_and_up "$A"
  row 'direct: carrier lost' direct 500 "$A" carrier_lost "$A"
  row 'direct: address change' direct 100 "$A" address_change "$A"
  row 'direct: route preference' direct 100 "$A" prefer_second "$A"
  row 'direct: double switch' direct 300 "$A" double_switch "$A"
  row 'direct: port change' direct 100 "$A" port_change "$B"
  row 'direct: uplink silent' direct 1200 "$A" silent "$A"
  row 'direct: to an uplink of 1280' direct 1200 "$A" smaller_uplink "$A"
  row 'direct: new path blocked' direct 1200 "$A" blocked_path
  row 'relay: link down' relay 100 "$A" link_down "$A"
  row 'relay: address change' relay 100 "$A" address_change "$A"
  row 'relay: carrier lost' relay 500 "$A" carrier_lost "$A"
  row 'relay: port change' relay 100 "$A" port_change "relay:$relay_ip"
  row 'relay: uplink silent' relay 1200 "$A" silent "$A"
  row 'relay: to an uplink of 1280' relay 2000 "$A" smaller_uplink "$A"
  row 'server role: link down' direct 300 "$B" link_down "$B"
  row 'server role: carrier lost' direct 500 "$B" carrier_lost "$B"
  row 'server role: address change' direct 300 "$B" address_change "$B"
  row 'server role: uplink silent' direct 1200 "$B" silent "$B"
  row 'both: link down' direct 2000 "$A" both_down
}

behind_nats() {
  row 'client: mappings forgotten' direct 100 "$A" nat_anew forget "$A"
  row 'client: other port' direct 100 "$A" nat_anew rebind "$A"
  row 'server role: mappings forgotten' direct 300 "$B" nat_anew forget "$B"
  row 'server role: other port' direct 300 "$B" nat_anew rebind "$B"
  row 'relay, client: other port' relay 100 "$A" nat_anew rebind "$A"
}

lab_start
lab_build
"$LAB_LIB/tool" prober --help >/dev/null # built before anything is timed
export LAB_SEED=$seed
lab_internet
lab_public relay
relay_start relay --allow-any
if ((moves > 0)); then
  begin_stage v4
  many_moves
  exit
fi
for name in "${stages[@]}"; do
  begin_stage "$name"
  if [[ $name == nat ]]; then
    behind_nats
  else
    two_uplinks
  fi
  end_stage
done

echo
print_table
[[ -z $json ]] || jq -s --arg seed "$seed" '{link: "emulated, 100 Mbit/s, 10 ms", seed: ($seed | tonumber), rows: .}' "$LAB_DIR/log/rows" >"$json"
jq -se 'all(.ok)' "$LAB_DIR/log/rows" >/dev/null

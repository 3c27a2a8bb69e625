#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# handover.sh: whether frames are lost, doubled or reordered while sessions change their carriers.
#
# Two hosts, each behind an emulated link of 100 Mbit/s and a quarter of the round trip, and two relays
# on a public network. The prober sends numbered frames of 200 bytes both ways on several flows all the
# time that something happens to the carriers, beside a TCP stream and a file that is copied and
# compared. One row for each thing that happens. "Lost" is what did not arrive after 2 s of silence;
# where something was lost, the counters on the way of the frames are printed below. "Gap" is the longest
# pause of any flow in the 200 ms around a handover, beyond the prober's own spacing; beside it the same
# for the times of the run without one. "At speed" are the same figures without the windows in which the
# machine itself was slow, as the prober's own arithmetic tells: virtual machines are held back at times.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"

readonly ROWS=(nothing forced relays blackhole blackhole-there blackhole-back killed-direct killed-relay
  killed-only drain link-down stopped stuck slow-relay flap ratchets unreachable mismatch)

usage() {
  cat <<USAGE
usage: handover.sh [--smoke] [--row NAME]... [--count N] [--rate N] [--link 10ms|50ms|loss|burst]
                   [--plain] [--warm SECONDS] [--seed N] [--json FILE]
  --smoke    3 forced handovers each way and one blackhole, the prober alone
  --row      this row only; may be given again. Rows: ${ROWS[*]}
  --count    forced handovers each way (default 200)
  --rate     frames a second in each direction (default 2000)
  --link     10ms: 100 Mbit/s, round trip 10 ms (default); 50ms; loss: 10 ms and 1 % loss;
             burst: 10 ms and bursts that lose 5 % in all
  --plain    the prober alone, without the TCP stream and the copy
  --warm     frames, a TCP stream and handovers before the first row (default 40; with --smoke 0)
  --seed     of the emulated links and of the pauses between handovers (default 1)
  --json     writes the table as JSON, too, with all counters
exit: 0 nothing lost, doubled or reordered while both hosts live, 1 something was, or a step failed, 2 usage
USAGE
}

declare -rA LINKS=(
  [10ms]='wire rate=100mbit delay=2500us queue=256k'
  [50ms]='wire rate=100mbit delay=12500us queue=1m'
  [loss]='wire rate=100mbit delay=2500us queue=256k loss=0.25%'
  [burst]='wire rate=100mbit delay=2500us queue=256k burst=0.3%/25%'
)
readonly FLOOD_PORT=5202
readonly SMOKE_HANDOVERS=3 KEEP_EVERY=25
readonly HOLD_MS=60000
readonly BEFORE_SECONDS=1 AFTER_SECONDS=2 CUT_SECONDS=3 STOP_SECONDS=5
readonly AGAIN_SECONDS=60 # for the way before the next row
readonly SLOW_RATE=10mbit
readonly FLAP_SECONDS=120 FLAP_EVERY=3 FLAP_HANDOVERS_MAX=6
readonly RATCHET_SECONDS=60 RATCHET_INTERVAL=83ms
readonly PING_P95_MS_MAX=150
readonly NOWHERE=192.168.99.99:9999

smoke='' row=() count=200 rate=2000 link=10ms plain='' warm=40 seed=1 json=''
options smoke row+= count= rate= link= plain warm= seed= json= -- "$@"
[[ $count$rate$warm$seed =~ ^[0-9]+$ && -n ${LINKS[$link]-} ]] || wrong_usage
for name in "${row[@]}"; do
  [[ " ${ROWS[*]} " == *" $name "* ]] || wrong_usage
done
rows=("${row[@]}")
[[ ${#rows[@]} -gt 0 ]] || rows=("${ROWS[@]}")
[[ -z $smoke ]] || rows=(nothing forced blackhole) count=$SMOKE_HANDOVERS plain=yes warm=0

STEP_FAILED='' # what went wrong beside the frames in this row
NOTE=''        # what else the row has measured

wants() { # ROW
  [[ " ${rows[*]} " == *" $1 "* ]]
}

segment() {
  export LAB_SEED=$seed
  RANDOM=$((seed % 32768))
  lab_internet
  local host
  lab_public relay relay2
  LAB_EMULATED=${LINKS[$link]} lab_public host1 host2
  for host in relay relay2; do
    relay_start "$host" --allow-any
  done
  network_create host1 handover "$(relay_address relay)" "$(relay_address relay2)" >/dev/null
  join_both host1 host2 >/dev/null
}

# A node that starts again, with a config file's lines.
restart_node() { # HOST [LINE...]
  local host=$1
  node_stop "$host"
  if (($# == 1)); then
    node_start "$host"
  else
    printf '%s\n' "${@:2}" >"$LAB_DIR/$host.yaml"
    node_start "$host" --config "$LAB_DIR/$host.yaml"
  fi
}

# ---- the way of the session --------------------------------------------------------------------------

hand_over() { # direct|relay[:ADDRESS] [HOLD-MS]
  node_hand_over host1 host2 "$1" "${2-$HOLD_MS}"
}

# Before a row: the session is where the row wants it.
settle() { # direct|relay[:ADDRESS] [HOLD-MS]
  node_settle host1 host2 "$1" "${2-$LONG_HOLD_MS}" "$AGAIN_SECONDS" ||
    die "the session does not come to $1: $(tail -n 1 "$LAB_DIR/log/handovers.log")"
  sleep 1
}

# What host1 counts as changes of the session's carrier.
handovers_done() {
  node_peer host1 host2 .handovers
}

# Keeps what both hosts tell of their handovers; they remember the last 100 only.
keep_handovers() {
  {
    node_admin host1 handovers
    node_admin host2 handovers
  } | jq -cs '{host1: .[0], host2: .[1]} | map_values(map(select(.peer | IN("host1", "host2"))))' >>"$LAB_DIR/kept"
  jq -cs '[.[].host1] as $one | [.[].host2] as $two | {host1: ($one | add | unique), host2: ($two | add | unique)}' \
    "$LAB_DIR/kept" >"$LAB_DIR/transitions"
  mv "$LAB_DIR/transitions" "$LAB_DIR/kept"
}

# ---- rows --------------------------------------------------------------------------------------------

# row NAME LIVE COMMAND...: the prober sends while the command runs. LIVE is "both", or the direction of
# the prober whose sender was there all the time; the other is reported only.
row() {
  local before after since from name=$1 live=$2
  say "$name"
  STEP_FAILED='' NOTE=''
  : >"$LAB_DIR/kept"
  before=$(frame_counters host1 host2)
  since=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  [[ -n $plain ]] || load_start host1 host2 "$HOST2"
  probe_both host1 host2 "$rate"
  sleep "$BEFORE_SECONDS"
  from=$(now_ms)
  "${@:3}" || STEP_FAILED="${STEP_FAILED:-step failed}"
  sleep "$AFTER_SECONDS"
  say "after $(($(now_ms) - from)) ms the carrier is $(node_peer host1 host2 .carrier || echo unknown)"
  probe_stop probe || STEP_FAILED="${STEP_FAILED:-the prober did not end}"
  [[ -n $plain ]] || { load_stop && NOTE+="${NOTE:+; }$LOAD_NOTE"; }
  after=$(frame_counters host1 host2)
  keep_handovers
  jq -n --arg name "$name" --arg live "$live" --arg failed "$STEP_FAILED" --arg note "$NOTE" --arg since "$since" \
    --slurpfile report "$LAB_DIR/probe.json" --slurpfile transitions "$LAB_DIR/kept" \
    --argjson counters "$(difference "$before" "$after")" '
    def ms: .[0:19] as $s | ($s + "Z" | fromdateiso8601) * 1000 + ((capture("\\.(?<f>[0-9]{1,3})").f // "0" | . + "00")[0:3] | tonumber);
    ($transitions[0] | map_values(map(select(.time >= $since)))) as $t
    | $report[0] as $p | ($p.start | ms) as $start
    | ([$p.directions[].gap_windows_ms] | transpose | map(max // 0)) as $windows
    | def gap(from; to): {ms: ($windows[from:to] | max // 0), slow_ms: ($p.machine.slow_windows_ms[from:to] | add // 0)};
      [$t.host1[] | select(.result == "done") | {end: ((.time | ms) - $start), ms: ([.steps[].ms] | add // 0), carrier: (.to | sub(":.*"; ""))}
        | {from: ([(.end - .ms) / 50 - 1 | floor, 0] | max), to: (.end / 50 + 1 | floor), carrier, ms}] as $spans
    | ([$spans[] | range(.from; .to + 1)] | map({key: tostring, value: true}) | from_entries) as $busy
    | {name: $name, live: $live, step_failed: $failed, note: $note, probe: ($p | del(.directions[].gap_windows_ms)), $counters, handovers: $t}
    | .gaps = [$spans[] | gap(.from; .to + 1) + {carrier, transition_ms: .ms}]
    | .idle_gaps = [range(0; ($windows | length) - 4; 4) | . as $i
        | select([range($i; $i + 4)] | all($busy[tostring] | not)) | gap($i; $i + 4)]
    | .dropped = {session_full: ([$counters[].session.dropped.session_full // 0] | add // 0), tap_ring: ([$counters[].tap.dropped.tap_ring // 0] | add // 0)}
    | .ok = ($failed == "" and (.probe.ring_drops == 0) and
        (if $live == "both" then .probe.total else .probe.directions[$live] end | .lost + .doubled + .reordered) == 0)' >>"$LAB_DIR/log/rows"
}

forced() { # AWAY BACK
  local done=0
  while ((done < count)); do
    hand_over "$1" || { STEP_FAILED="handover $((done + 1)) to $1 failed"; return 1; }
    sleep "0.$((RANDOM % 20 + 10))"
    hand_over "$2" || { STEP_FAILED="handover $((done + 1)) to $2 failed"; return 1; }
    sleep "0.$((RANDOM % 20 + 10))"
    done=$((done + 1))
    ((done % KEEP_EVERY != 0)) || keep_handovers
  done
}

there_and_back() {
  hand_over relay
  sleep 0.2
  hand_over direct
}

# All UDP between the two hosts vanishes in the core; what goes to the relays does not.
cut_direct() { # both|host1|host2: whose packets
  [[ $1 == host2 ]] || lab_between host1 host2 drop
  [[ $1 == host1 ]] || lab_between host2 host1 drop
}

blackhole() { # both|host1|host2
  cut_direct "$1"
  sleep "$CUT_SECONDS"
  lab_between_free
}

flap() {
  local before end=$((SECONDS + FLAP_SECONDS)) made
  before=$(handovers_done)
  while ((SECONDS < end)); do
    cut_direct both
    sleep "$FLAP_EVERY"
    lab_between_free
    sleep "$FLAP_EVERY"
  done
  made=$(($(handovers_done) - before))
  NOTE="$made handovers in $FLAP_SECONDS s"
  ((made <= FLAP_HANDOVERS_MAX)) || STEP_FAILED="$NOTE, allowed are $FLAP_HANDOVERS_MAX"
}

kill_relay() { # NAME
  lab_stop "$1" KILL
  sleep "$CUT_SECONDS"
}

# The command returns when the relay is gone, which waits for its clients.
drain_relay() { # NAME
  lab_spawn drain@"$1" env QUICMESH_HOME="$LAB_DIR/state/$1" "$LAB_ROOT/relay/bin/quicmesh-relay" drain
  sleep "$CUT_SECONDS"
  node_on host1 host2 relay || STEP_FAILED='the session did not go to the other relay'
  NOTE="cause: $(node_admin host1 handovers | jq -r '.[0] | "\(.cause), \(.from) to \(.to)"')"
}

relay_again() { # NAME
  [[ -z ${LAB_PID[$1]-} ]] || lab_stop "$1" KILL || true
  relay_start "$1" --allow-any
}

link_down() {
  lab_carrier_down host1
  sleep 2
  lab_carrier_up host1
  sleep "$CUT_SECONDS"
}

# The node's process stands still, its host does not: frames for it wait.
stop_peer() {
  kill -s STOP "${LAB_PID[host2]}"
  sleep "$STOP_SECONDS"
  kill -s CONT "${LAB_PID[host2]}"
  sleep "$CUT_SECONDS"
}

# A third node takes nothing from its circuit any more while host1 sends to it as much as it can.
stuck_receiver() {
  local from
  from=$(now_ms)
  lab_spawn flood@host1 iperf3 -c "$HOST3" -p "$FLOOD_PORT" -t 30 --forceflush
  sleep 2
  kill -s STOP "${LAB_PID[host3]}"
  sleep "$STOP_SECONDS"
  kill -s CONT "${LAB_PID[host3]}"
  lab_stop flood KILL || true
  NOTE="host3 stopped for $STOP_SECONDS s of $(($(now_ms) - from)) ms"
}

third_node() {
  if [[ -z ${LAB_KIND[host3]-} ]]; then
    lab_public host3
    node_admit host1 host3 --address "$HOST3/24" >/dev/null
  fi
  node_start host3
  node_await_ping host1 "$HOST3"
  node_hand_over host1 host3 "relay:$(lab_ip relay)" "$LONG_HOLD_MS"
  lab_spawn flood-server@host3 iperf3 -s -p "$FLOOD_PORT" --forceflush
}

# Ping beside a TCP stream that takes all it gets, over a relay leg that is slow.
ping_beside_tcp() {
  local p50 p95
  link_both host2 eth0 set rate="$SLOW_RATE"
  lab_spawn flood-server@host2 iperf3 -s -p "$FLOOD_PORT" -1 --forceflush
  lab_await flood-server 'Server listening' 5
  lab_spawn flood@host1 iperf3 -c "$HOST2" -p "$FLOOD_PORT" -t 25 -i 1 --forceflush
  sleep 3
  lab_run host1 ping -n -i 0.05 -c 300 -w 20 "$HOST2" >"$LAB_DIR/ping" || true
  lab_stop flood INT || true
  lab_stop flood-server KILL || true
  link_both host2 eth0 set rate=100mbit
  p50=$(sed -nE 's/.* time=([0-9.]+) ms$/\1/p' "$LAB_DIR/ping" | percentile 50)
  p95=$(sed -nE 's/.* time=([0-9.]+) ms$/\1/p' "$LAB_DIR/ping" | percentile 95)
  NOTE="ping p50 $p50 ms, p95 $p95 ms, answers $(grep -c 'time=' "$LAB_DIR/ping") of 300, TCP $(awk '/ sec / && !/sender|receiver/ { for (i = 1; i < NF; i++) if ($(i + 1) ~ /^Mbits/) { n++; sum += $i } } END { printf "%.1f Mbit/s", n ? sum / n : 0 }' "$LAB_DIR/log/flood.log")"
  awk "BEGIN { exit !(${p95:-9999} < $PING_P95_MS_MAX) }" || STEP_FAILED="ping p95 ${p95:-none} ms"
}

ratchets() {
  sleep "$RATCHET_SECONDS"
  NOTE="a ratchet every $RATCHET_INTERVAL for $RATCHET_SECONDS s"
}

# The peer's address leads nowhere: the session stays on the relay, and says when it tries again, unless it does just now.
nowhere() {
  sleep 12
  until_true 10 retry_is_shown || STEP_FAILED="$NOTE"
}

retry_is_shown() {
  local facts
  facts=$(node_peer host1 host2 '[.carrier, (.direct_failures | tostring), (.next_retry // "none")] | join(" ")')
  NOTE="carrier, failures, next retry: $facts"
  [[ $facts =~ ^relay\ [1-9][0-9]*\ 2 ]]
}

# What host1 sends to host2's port reaches host3's, and its answers seem to come from there. Host2's own
# packets to host1 are dropped before that, lest it dials.
lure() {
  lab_exec "$LAB_INET" nft -f - <<RULES
table inet lure {
  chain prerouting {
    type filter hook prerouting priority -300
    ip saddr $(lab_ip host2) ip daddr $(lab_ip host1) meta l4proto udp drop
    ip6 saddr { $(lab_ip6 host1), $(lab_ip6 host2) } ip6 daddr { $(lab_ip6 host1), $(lab_ip6 host2) } meta l4proto udp drop
    ip saddr $(lab_ip host1) ip daddr $(lab_ip host2) udp dport $(port host2) udp dport set $(port host3) ip daddr set $(lab_ip host3)
    ip saddr $(lab_ip host3) ip daddr $(lab_ip host1) udp sport $(port host3) udp sport set $(port host2) ip saddr set $(lab_ip host2)
  }
}
RULES
}

# The UDP port of a node, which it keeps.
port() { # HOST
  node_admin "$1" status | jq -r '[.relays[].observed_addr // empty][0]' | sed 's/.*://'
}

# Another member answers at the peer's address.
mismatch() {
  local facts
  sleep 12
  facts=$(node_admin host1 why?peer=host2 | jq -r '[.carrier, ([.candidates[].result] | unique | join(","))] | join(" ")')
  NOTE="carrier, candidates: $facts; alerts $(grep -c 'somebody else answers' "$LAB_DIR/log/host1.log" || true)"
  [[ $facts == relay* ]] && grep -q 'somebody else answers' "$LAB_DIR/log/host1.log" || STEP_FAILED="$NOTE"
}

print_table() {
  # shellcheck disable=SC2016 # jq's names
  local functions='def tenths: . * 10 | round / 10;
    def rank(p): sort as $s | if length == 0 then "-" else $s[((p * length | ceil) - 1)] | tenths end;
    def every: map(.ms);
    def at_speed: map(select(.slow_ms < 1) | .ms);'
  jq -r "$functions"'
    [.name, .probe.total.sent, .probe.total.lost, .probe.total.doubled, .probe.total.reordered, .dropped.session_full, .dropped.tap_ring,
     (.gaps | every | rank(0.5), rank(0.95), rank(1)), (.gaps | at_speed | length, rank(0.5), rank(0.95)),
     (.idle_gaps | every | rank(0.5), rank(0.95), rank(1)), (.idle_gaps | at_speed | length, rank(0.5), rank(0.95)),
     (.handovers.host1 | map(select(.result == "done")) | length),
     (.gaps | map(.transition_ms) | rank(0.5), rank(0.95)),
     (if .step_failed != "" then "FAILED: " + .step_failed elif .ok | not then "FAILED" elif .live != "both" then "ok " + .live else "ok" end)] | @tsv' "$LAB_DIR/log/rows" |
    table 'what happens\tsent\tlost\tdoubled\treordered\tsession_full\ttap_ring\tgap p50 ms\tp95\tmax\tat speed\tp50\tp95\tidle p50\tp95\tmax\tat speed\tp50\tp95\thandovers\ttransition p50 ms\tp95\tresult'
  jq -r "$functions"'
    select([.gaps[].carrier] | unique | length == 2) | .name as $name | .gaps | group_by(.carrier)[]
    | "\($name): to \(.[0].carrier): \(length), gap p50, p95, max \(every | [rank(0.5), rank(0.95), rank(1)] | join(", ")) ms, at speed \(at_speed | length): \(at_speed | rank(0.5)), \(at_speed | rank(0.95)) ms, transition p50, p95 \(map(.transition_ms) | rank(0.5)), \(map(.transition_ms) | rank(0.95)) ms"' "$LAB_DIR/log/rows"
  jq -r 'select(.note != "") | "\(.name): \(.note)"' "$LAB_DIR/log/rows"
  jq -r 'select(.handovers | [.host1[], .host2[]] | any(.result != "done")) | "\(.name): not done: \([.handovers.host1[], .handovers.host2[]] | map(select(.result != "done") | .cause + ": " + (.reason // "")) | group_by(.) | map("\(length) x \(.[0])") | join("; "))"' "$LAB_DIR/log/rows"
  explain_losses "$LAB_DIR/log/rows"
}

lab_start
lab_build
"$LAB_LIB/tool" prober --help >/dev/null # built before anything is timed
segment
settle direct
warm_up "$warm" host1 host2 "$rate" there_and_back
settle direct
if wants nothing; then
  row nothing both sleep "$([[ -n $smoke ]] && echo 2 || echo 10)"
fi
if wants forced; then
  row "$count forced each way" both forced relay direct
fi
if wants relays; then
  row "$count between relays" both forced "relay:$(lab_ip relay)" "relay:$(lab_ip relay2)"
fi
for way in both host1 host2; do
  name=blackhole
  case $way in host1) name=blackhole-there ;; host2) name=blackhole-back ;; esac
  if wants "$name"; then
    settle direct
    row "direct cut: $way" both blackhole "$way"
  fi
done
if wants killed-direct; then
  settle direct
  row 'relay killed, direct' both kill_relay relay
  relay_again relay
fi
if wants killed-relay; then
  settle "relay:$(lab_ip relay)"
  cut_direct both
  sleep 2
  row 'relay killed, on it, no direct path' both kill_relay relay
  lab_between_free
  relay_again relay
fi
if wants killed-only; then
  settle direct
  lab_stop relay2 KILL
  sleep 2
  settle relay
  row 'only relay killed, on it' both kill_relay relay
  relay_again relay
  relay_again relay2
fi
if wants drain; then
  settle "relay:$(lab_ip relay)" 1000
  cut_direct both
  settle "relay:$(lab_ip relay)" 1000
  row 'relay drained, on it' both drain_relay relay
  lab_between_free
  lab_stop drain KILL || true
  relay_again relay
fi
if wants link-down; then
  settle direct
  row 'link down for 2 s' both link_down
fi
if wants stopped; then
  settle direct
  row "peer stopped for $STOP_SECONDS s" a-b stop_peer
fi
if wants slow-relay; then
  settle "relay:$(lab_ip relay)"
  plain_before=$plain plain=yes rate_before=$rate rate=100
  row 'ping beside TCP, slow relay leg' both ping_beside_tcp
  plain=$plain_before rate=$rate_before
fi
if wants flap; then
  settle direct
  hand_over direct 1000
  sleep 1
  row "direct flaps every $FLAP_EVERY s" both flap
fi
if wants stuck; then
  third_node
  settle "relay:$(lab_ip relay)"
  row 'receiver of another circuit stuck' both stuck_receiver
  lab_stop flood-server KILL
  node_stop host3
fi
if wants ratchets; then
  restart_node host1 'session:' "  rotation-interval: $RATCHET_INTERVAL"
  restart_node host2 'session:' "  rotation-interval: $RATCHET_INTERVAL"
  node_await_ping host1 "$HOST2"
  settle relay
  row 'ratchets' both ratchets
  restart_node host1
  restart_node host2
fi
if wants unreachable; then
  cut_direct both
  restart_node host1 'direct:' "  peers: ['$NOWHERE']"
  restart_node host2
  node_await_ping host1 "$HOST2"
  row "peer's address unreachable" both nowhere
  lab_between_free
  restart_node host1
fi
if wants mismatch; then
  third_node
  lure
  restart_node host1
  restart_node host2
  node_await_ping host1 "$HOST2"
  row "somebody else at the peer's address" both mismatch
fi

echo
print_table
[[ -z $json ]] || jq -s --arg seed "$seed" --arg link "$link" --arg rate "$rate" '{$link, seed: ($seed | tonumber), rate: ($rate | tonumber), rows: .}' "$LAB_DIR/log/rows" >"$json"
jq -se 'all(.ok)' "$LAB_DIR/log/rows" >/dev/null

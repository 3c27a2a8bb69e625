#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# handover.sh: whether frames are lost, doubled or reordered while sessions change their carriers.
#
# Two hosts, each behind an emulated link of 100 Mbit/s and a quarter of the round trip of 10 ms, and two
# relays on a public network. The prober sends numbered frames of 200 bytes both ways on several flows
# all the time that something happens to the carriers. One row for each thing that happens. "Lost"
# is what did not arrive after 2 s of silence; where something was lost, the counters on the way of
# the frames are printed below.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'USAGE'
usage: handover.sh [--smoke] [--seconds N] [--rate N] [--seed N] [--json FILE]
  --smoke    3 forced handovers each way and one blackhole only
  --seconds  of forced handovers (default 30)
  --rate     frames a second in each direction (default 2000)
  --seed     of the emulated links and of the pauses between handovers (default 1)
  --json     writes the table as JSON, too, with all counters
exit: 0 nothing lost, doubled or reordered while both hosts live, 1 something was, or a step failed, 2 usage
USAGE
}

readonly SUBNET=10.66.0.0/24 HOST2=10.66.0.2
readonly LINK='wire rate=100mbit delay=2500us queue=256k'
readonly FRAME_BYTES=200 FLOWS=8
readonly SMOKE_HANDOVERS=3
readonly HOLD=60s LONG_HOLD=1h
readonly BEFORE_SECONDS=1 AFTER_SECONDS=2 CUT_SECONDS=3 STOP_SECONDS=2
readonly AGAIN_SECONDS=60 # for the way before the next row

smoke=no seconds=30 rate=2000 seed=1 json=''
while (($#)); do
  case $1 in
    --smoke) smoke=yes ;;
    --seconds) seconds=${2-}; shift || true ;;
    --rate) rate=${2-}; shift || true ;;
    --seed) seed=${2-}; shift || true ;;
    --json) json=${2-}; shift || true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[[ $seconds$rate =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ ]] || { usage >&2; exit 2; }

FAILED=0
STEP_FAILED='' # what went wrong beside the frames in this row

say() {
  echo "handover.sh: $*" >&2
}

now_ms() {
  echo $(($(date +%s%N) / 1000000))
}

segment() {
  export LAB_SEED=$seed
  RANDOM=$((seed % 32768))
  lab_internet
  local host
  for host in relay relay2; do
    lab_host "$host"
    lab_attach "$host" "$LAB_INET"
    relay_start "$host" --allow-any
  done
  for host in host1 host2; do
    lab_host "$host"
    LAB_EMULATED=$LINK lab_attach "$host" "$LAB_INET"
  done
  node_cli host1 network create handover --node host1 --subnet "$SUBNET" \
    --relay "$(relay_address relay)" --relay "$(relay_address relay2)" >/dev/null
  node_start host1
  node_admit host1 host2 --address "$HOST2/24" >/dev/null
  node_start host2
  lab_run host1 ping -n -q -c 1 -w 30 "$HOST2" >/dev/null || die "host2 does not answer"
}

# ---- the way of the session --------------------------------------------------------------------------

hand_over() { # direct|relay[:HOST] [HOLD]
  node_cli host1 handover host2 "$1" --hold "${2-$HOLD}" >>"$LAB_DIR/log/handovers.log" 2>&1
}

# Before a row: the session is where the row wants it, if need be after the retries' backoff.
settle() { # direct|relay[:HOST]
  local deadline=$((SECONDS + AGAIN_SECONDS))
  until hand_over "$1" "$LONG_HOLD" && [[ $(carrier) == "${1%%:*}" ]]; do
    ((SECONDS < deadline)) || die "the session does not come to $1: $(tail -n 1 "$LAB_DIR/log/handovers.log")"
    sleep 0.5
  done
}

carrier() {
  node_cli host1 peers --json | jq -r '.peers[] | select(.name == "host2") | .carrier'
}

# ---- counters on the way of the frames ---------------------------------------------------------------

# Per host: what its node took from the TAP device and gave to it, what its session sent and received,
# every drop by reason, and what its TAP's ring and its interface say.
counters() {
  local host peer
  for host in host1 host2; do
    peer=$([[ $host == host1 ]] && echo host2 || echo host1)
    jq -n --arg host "$host" \
      --argjson tap "$(node_cli "$host" status --json | jq '.tap | {frames_in, frames_out, dropped}')" \
      --argjson session "$(node_cli "$host" peers --json | jq --arg peer "$peer" '.peers[] | select(.name == $peer) | .frames')" \
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

# ---- rows --------------------------------------------------------------------------------------------

# row NAME LIVE COMMAND...: the prober sends while the command runs. LIVE is "both", or the direction of
# the prober that is judged for nothing: then the row is reported only.
row() {
  local before after since from name=$1 live=$2
  say "$name"
  STEP_FAILED=''
  before=$(counters)
  since=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  probe_start probe host1:qm0 host2:qm0 --rate "$rate" --size "$FRAME_BYTES" --flows "$FLOWS" --both-ways
  sleep "$BEFORE_SECONDS"
  from=$(now_ms)
  "${@:3}" || STEP_FAILED="${STEP_FAILED:-step failed}"
  sleep "$AFTER_SECONDS"
  [[ $live == one ]] || say "after $(($(now_ms) - from)) ms the carrier is $(carrier)"
  probe_stop probe || STEP_FAILED="${STEP_FAILED:-the prober did not end}"
  after=$(counters)
  {
    node_cli host1 handovers --json
    node_cli host2 handovers --json
  } | jq -s '{host1: .[0], host2: .[1]} | map_values(if type == "object" then .handovers else . end)' >"$LAB_DIR/transitions"
  jq -n --arg name "$name" --arg live "$live" --arg failed "$STEP_FAILED" --arg since "$since" \
    --slurpfile report "$LAB_DIR/probe.json" --slurpfile transitions "$LAB_DIR/transitions" \
    --argjson counters "$(difference "$before" "$after")" '
    ($transitions[0] | map_values(map(select(.time >= $since)))) as $t
    | {name: $name, live: $live, step_failed: $failed, probe: $report[0], counters: $counters, handovers: $t}
    | .transition_ms = [$t.host1[] | select(.result == "done") | [.steps[].ms] | add // empty]
    | .ok = ($failed == "" and (.probe.ring_drops == 0) and
        ($live != "both" or (.probe.total | .lost + .doubled + .reordered) == 0))' >"$LAB_DIR/row"
  cat "$LAB_DIR/row" >>"$LAB_DIR/rows"
  jq -e .ok "$LAB_DIR/row" >/dev/null || FAILED=$((FAILED + 1))
}

forced() { # HANDOVERS EACH WAY, or 0: for --seconds
  local done=0 end=$((SECONDS + seconds))
  while (($1 ? done < $1 : SECONDS < end)); do
    hand_over relay || { STEP_FAILED="handover $((done + 1)) to relay failed"; return 1; }
    sleep "0.$((RANDOM % 9 + 1))"
    hand_over direct || { STEP_FAILED="handover $((done + 1)) to direct failed"; return 1; }
    sleep "0.$((RANDOM % 9 + 1))"
    done=$((done + 1))
  done
}

# All UDP between the two hosts vanishes in the core; what goes to the relays does not.
blackhole() { # both|host1|host2: whose packets
  local from to rules=''
  for from in host1 host2; do
    to=$([[ $from == host1 ]] && echo host2 || echo host1)
    [[ $1 == both || $1 == "$from" ]] || continue
    rules+="ip saddr $(lab_ip "$from") ip daddr $(lab_ip "$to") meta l4proto udp counter drop
ip6 saddr $(lab_ip6 "$from") ip6 daddr $(lab_ip6 "$to") meta l4proto udp counter drop
"
  done
  lab_exec "$LAB_INET" nft -f - <<RULES
table inet blackhole {
  chain forward {
    type filter hook forward priority 0
    $rules
  }
}
RULES
  sleep "$CUT_SECONDS"
  lab_exec "$LAB_INET" nft delete table inet blackhole
}

kill_relay() { # NAME
  lab_stop "$1" KILL
  sleep "$CUT_SECONDS"
}

# The node's process stands still, its host does not: frames for it wait.
stop_peer() {
  kill -s STOP "${LAB_PID[host2]}"
  sleep "$STOP_SECONDS"
  kill -s CONT "${LAB_PID[host2]}"
  sleep "$CUT_SECONDS"
}

print_table() {
  {
    printf 'what happens\tsent\tlost\tdoubled\treordered\tlongest gap ms\tdelay p99 ms\thandovers\tp50 ms\tp95 ms\tresult\n'
    jq -r 'def tenths: . * 10 | round / 10;
      def rank(p): sort as $s | if length == 0 then "-" else $s[((p * length | ceil) - 1)] | tenths end;
      [.name, .probe.total.sent, .probe.total.lost, .probe.total.doubled, .probe.total.reordered, (.probe.total.max_gap_ms | tenths),
       ([.probe.directions[].latency_us.p99] | max / 1000 | tenths), (.handovers.host1 | map(select(.result == "done")) | length),
       (.transition_ms | rank(0.5)), (.transition_ms | rank(0.95)),
       (if .live != "both" then (if .step_failed == "" then "reported" else .step_failed end)
        elif .ok then "ok" else "FAILED" + (if .step_failed == "" then "" else ": " + .step_failed end) end)] | @tsv' "$LAB_DIR/rows"
  } | table
  jq -r 'select(.ok | not) | "\n\(.name): prober ring drops \(.probe.ring_drops), \(.probe.directions | map_values({sent, received, lost, doubled, reordered, longest_loss, sender}) | tojson)\ncounters: \(.counters | tojson)"' "$LAB_DIR/rows"
}

lab_require_root
lab_build
lab_start
"$LAB_LIB/tool" prober --help >/dev/null # built before anything is timed
segment
settle direct
row 'nothing' both sleep 2
if [[ $smoke == yes ]]; then
  row "$SMOKE_HANDOVERS forced each way" both forced "$SMOKE_HANDOVERS"
  settle direct
  hand_over direct 1s
  row 'direct cut both ways' both blackhole both
else
  row "forced for $seconds s" both forced 0
  for way in both host1 host2; do
    settle direct
    hand_over direct 1s
    row "direct cut: $way" both blackhole "$way"
  done
  settle direct
  row 'relay killed, direct' both kill_relay relay
  relay_start relay --allow-any
  settle "relay:$(lab_ip relay)"
  row 'relay killed, on it' both kill_relay relay
  relay_start relay --allow-any
  settle direct
  row "peer stopped for $STOP_SECONDS s" one stop_peer
fi

echo
print_table
[[ -z $json ]] || jq -s --arg seed "$seed" '{link: "emulated, 100 Mbit/s, 10 ms", seed: ($seed | tonumber), rows: .}' "$LAB_DIR/rows" >"$json"
((FAILED == 0))

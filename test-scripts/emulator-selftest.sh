#!/usr/bin/env bash
# emulator-selftest.sh: measures every knob of the link emulator on real TAP devices.
#
# Frames of the prober go from one namespace to another; what is seen is compared with what was set:
# delay, rate and times within 5 %, chances within four standard deviations of their distribution.
# A delay is judged without what the emulator takes on a wire, which is in the first row.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'EOF'
usage: emulator-selftest.sh [--smoke] [--seconds N] [--seed N] [--json FILE]
  --smoke    the most important knobs only, in a few seconds
  --seconds  how long each knob is measured (default 4, smoke 1)
  --seed     of the emulator's chances (default 1)
  --json     writes the table as JSON, too
exit: 0 every knob is right, 1 one is not, 2 usage
EOF
}

smoke='' seconds='' seed=1 json=''
options smoke seconds= seed= json= -- "$@"
[[ -n $seconds ]] || { [[ -n $smoke ]] && seconds=1 || seconds=4; }

ROWS=() # knob, setting, what was measured, set, seen, tolerance, verdict: tab-separated
FAILED=0
WIRE_US=0

# row KNOB SETTING MEASURE EXPECTED SEEN TOLERANCE
row() {
  local verdict=ok
  awk "BEGIN { d = $5 - $4; exit !((d < 0 ? -d : d) <= $6) }" || { verdict=WRONG; FAILED=$((FAILED + 1)); }
  ROWS+=("$1"$'\t'"$2"$'\t'"$3"$'\t'"$4"$'\t'"$5"$'\t'"$6"$'\t'"$verdict")
  echo "$1 ($2): $3 set $4, seen $5: $verdict" >&2
}

row_percent() { # ... EXPECTED SEEN PERCENT
  row "$1" "$2" "$3" "$4" "$5" "$(calc 4 "$4 * $6 / 100")"
}

# row_chance KNOB SETTING MEASURE TRIALS PROBABILITY COUNT [FACTOR]: FACTOR widens the variance where
# trials are not independent.
row_chance() {
  row "$1" "$2" "$3" "$(calc 1 "$4 * $5")" "$6" "$(calc 1 "4 * sqrt($4 * $5 * (1 - $5) * ${7-1})")"
}

# begin WORDS...: both directions a wire, with these settings in the direction that is measured.
begin() {
  link_both a eth0 set wire
  link_out a eth0 set "$@"
}

# send [OPTION...]: a run of the prober; its report is in $report.
send() {
  report=$(probe a:eth0 b:eth0 --seconds "$seconds" --drain 1 "$@")
}

get() { # PATH of the direction a-b
  jq ".directions[\"a-b\"].$1" <<<"$report"
}

measure_wire() { # RATE
  begin wire
  send --rate "$1"
  WIRE_US=$(get latency_us.p50)
  row wire "$1/s" 'lost' 0 "$(get lost)" 0
  row wire "$1/s" 'delay p50 us, bound 500' 0 "$WIRE_US" 500
}

measure_delay() { # DELAY IN MS
  begin "delay=$1ms"
  send --rate 1000
  row_percent delay "$1ms" 'p50 ms' "$1" "$(calc 3 "($(get latency_us.p50) - $WIRE_US) / 1000")" 5
}

# Evenly spread, 10 % of the frames are a tenth of the width above the shortest delay; on straight
# lines between evenly spread points they are at 0.644 of the jitter.
measure_jitter() { # WORDS P10 P90
  begin delay=20ms "jitter=$1"
  send --rate 1000
  row_percent jitter "20ms+-$1" 'p10 ms' "$2" "$(calc 3 "($(get latency_us.p10) - $WIRE_US) / 1000")" 5
  row_percent jitter "20ms+-$1" 'p50 ms' 20 "$(calc 3 "($(get latency_us.p50) - $WIRE_US) / 1000")" 5
  row_percent jitter "20ms+-$1" 'p90 ms' "$3" "$(calc 3 "($(get latency_us.p90) - $WIRE_US) / 1000")" 5
}

# The sender offers half as much again, and the queue bridges its pauses.
measure_rate() { # MBIT BYTES [OFFERED]
  begin "rate=$1mbit" "queue=$(calc 0 "$1 * 1e6 / 8 / 4")"
  send --rate "$(calc 0 "$1 * 1e6 / 8 / $2 * ${3-1.5}")" --size "$2"
  row_percent rate "$1mbit" "Mbit/s of $2 B" "$1" "$(calc 2 "$(get received_per_second) * $2 * 8 / 1e6")" 5
}

# A full queue takes its bytes' time at the rate, plus nothing.
measure_queue() {
  begin rate=10mbit queue=100k
  send --rate 2000 --size 1000
  row_percent queue '100k at 10mbit' 'p50 ms' 81.92 "$(calc 2 "($(get latency_us.p50) - $WIRE_US) / 1000")" 5
}

measure_loss() { # PERCENT
  begin "loss=$1%"
  send --rate 10000
  row_chance loss "$1%" frames "$(get sent)" "$(calc 6 "$1 / 100")" "$(get lost)"
}

# In bursts the frames are not independent: r = 1 - enter - exit from one to the next.
measure_burst() {
  begin burst=1%/25%
  send --rate 10000
  row_chance burst 1%/25% frames "$(get sent)" "$(calc 6 '0.01 / 0.26')" "$(get lost)" "$(calc 4 '1.74 / 0.26')"
}

measure_reorder() {
  begin delay=1ms reorder=2%/3ms
  send --rate 5000
  row_chance reorder 2%/3ms frames "$(get sent)" 0.02 "$(get reordered)"
  row reorder 2%/3ms lost 0 "$(get lost)" 0
}

measure_duplicate() {
  begin duplicate=3%
  send --rate 10000
  row_chance duplicate 3% frames "$(get sent)" 0.03 "$(get doubled)"
}

measure_flip() {
  begin flip=2%
  send --rate 10000 --size 400
  row_chance flip 2% 'frames not whole' "$(get sent)" 0.02 "$(get lost)"
}

measure_mtu() {
  begin mtu=1280
  send --rate 500 --size 1294
  row mtu 1280 'lost of 1280 B' 0 "$(get lost)" 0
  local status=0
  report=$(probe a:eth0 b:eth0 --size 1295 --wait 0.2) || status=$?
  row mtu 1280 'exit code of 1281 B (5: nothing comes through)' 5 "$status" 0
}

# A fault that lasts from one command to the other: its time lies between the inner and the outer
# two of four readings of the clock.
fault() { # BEGIN END
  local -a t
  probe_start prober a:eth0 b:eth0 --rate 2000 --drain 1 --both-ways
  sleep 0.2
  t+=("$EPOCHREALTIME")
  link_out a eth0 "$1"
  t+=("$EPOCHREALTIME")
  sleep 0.4
  t+=("$EPOCHREALTIME")
  link_out a eth0 "$2"
  t+=("$EPOCHREALTIME")
  sleep 0.3
  probe_stop prober
  report=$(<"$LAB_DIR/prober.json")
  local shortest longest
  shortest=$(calc 1 "(${t[2]} - ${t[1]}) * 1000")
  longest=$(calc 1 "(${t[3]} - ${t[0]}) * 1000")
  row "$1" "$shortest to $longest ms" 'longest gap ms' "$(calc 1 "($shortest + $longest) / 2")" \
    "$(get max_gap_ms)" "$(calc 1 "($longest - $shortest) / 2 + 0.05 * $shortest")"
  row "$1" 'one way' 'lost the other way' 0 "$(jq '.directions["b-a"].lost' <<<"$report")" 0
}

measure_pause() {
  begin wire
  fault pause resume
  row pause '' lost 0 "$(get lost)" 0
}

measure_cut() {
  begin wire
  fault cut mend
  row cut '' 'lost in one stretch' "$(get lost)" "$(get longest_loss)" 0
}

measure_carrier() {
  lab_carrier_down a
  row carrier off 'LOWER_UP' 0 "$(carrier_of a)" 0
  lab_carrier_up a
  row carrier on 'LOWER_UP' 1 "$(carrier_of a)" 0
}

carrier_of() {
  lab_exec "$1" ip -j -d link show eth0 | jq '.[0].flags | if index("LOWER_UP") then 1 else 0 end'
}

measure_load() {
  begin delay=2ms
  send --rate 46000 --size 1400
  row load '500mbit' 'Mbit/s offered and carried, at least' 515 \
    "$(calc 1 "$(get received_per_second) * 1400 * 8 / 1e6")" 15
  row load '500mbit' 'lost' 0 "$(get lost)" 0
}

# What the prober misses must be what the emulator says it dropped, frame by frame.
measure_account() {
  begin rate=20mbit queue=32k loss=3% duplicate=2% burst=0.5%/30%
  local before
  before=$(link_stat a eth0 ' | [.dropped_total, .duplicated] | @csv' | tr -d '"')
  send --rate 2500 --size 1000
  local after
  after=$(link_stat a eth0 ' | [.dropped_total, .duplicated] | @csv' | tr -d '"')
  row account 'loss, queue, burst' 'lost = dropped; hellos may be among them' \
    "$((${after%,*} - ${before%,*}))" "$(get lost)" 8
  row account 'duplicate' 'doubled = duplicated; hellos may be among them' \
    "$((${after#*,} - ${before#*,}))" "$(get doubled)" 8
}

measure_ladder() {
  local name delay loss
  measure_wire 200
  while read -r name delay loss; do
    begin "$name"
    send --rate 200 --size 100
    row_percent "$name" preset 'p50 ms' "$delay" "$(calc 3 "($(get latency_us.p50) - $WIRE_US) / 1000")" 5
    row_chance "$name" preset 'frames lost' "$(get sent)" "$loss" "$(get lost)"
  done <<'EOF'
data-centre 0.150 0
lab 5.008 0
good-wifi 8.008 0.001
congested-wifi 20.032 0.01
weak-4g 45.100 0.02
3g 100.267 0.03
moving-car 226.000 0.08
satellite 300.032 0.015
EOF
}

lab_start
lab_host a
lab_host b
LAB_SEED=$seed LAB_EMULATED=wire lab_link a b
# Only the prober's frames are to be counted.
for host in a b; do
  lab_exec "$host" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
done

measure_wire 1000
measure_delay 10
measure_rate 20 1000
measure_loss 5
measure_pause
if [[ -z $smoke ]]; then
  measure_delay 1
  measure_delay 100
  measure_jitter 5ms/reorder 16 24
  measure_jitter 5ms 16.78 23.22
  row jitter 'keeps order' reordered 0 "$(get reordered)" 0
  measure_rate 1 500
  measure_rate 100 1400
  measure_rate 500 1400 1.15
  measure_queue
  measure_loss 1
  measure_burst
  measure_reorder
  measure_duplicate
  measure_flip
  measure_mtu
  measure_cut
  measure_carrier
  measure_load
  measure_account
  measure_ladder
fi
lab_stop emulator

printf '%s\n' "${ROWS[@]}" | table 'knob\tsetting\tmeasure\tset\tseen\ttolerance\tverdict'
if [[ -n $json ]]; then
  printf '%s\n' "${ROWS[@]}" | jq -R 'split("\t") | {knob: .[0], setting: .[1], measure: .[2],
    set: (.[3] | tonumber), seen: (.[4] | tonumber), tolerance: (.[5] | tonumber), verdict: .[6]}' |
    jq -s --arg seed "$seed" --arg seconds "$seconds" \
      '{seed: ($seed | tonumber), seconds: ($seconds | tonumber), rows: .}' >"$json"
fi
((FAILED == 0)) || die "$FAILED of ${#ROWS[@]} knobs are wrong"

#!/usr/bin/env bash
# prober-selftest.sh: measures the frame prober's own error on a bare veth pair, where nothing is lost.
#
# Every frame that the prober says went wrong here is its own error. A gap here is what the machine
# or the prober adds to the gaps that other labs measure.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'EOF'
usage: prober-selftest.sh [--smoke] [--seconds N] [--json FILE]
  --smoke    one row only
  --seconds  of each row (default 5, smoke 2)
  --json     writes the table as JSON, too
exit: 0 no error, 1 the prober erred or failed, 2 usage
EOF
}

smoke='' seconds='' json=''
options smoke seconds= json= -- "$@"
[[ -n $seconds ]] || { [[ -n $smoke ]] && seconds=2 || seconds=5; }

# name, and the prober's options
readonly RUNS='
50,000/s of 200 B|--rate 50000
50,000/s of 1400 B, 8 flows|--rate 50000 --size 1400 --flows 8
50,000/s of 200 B UDP, 8 flows|--rate 50000 --udp --flows 8
25,000/s of 200 B both ways|--rate 25000 --both-ways
2,000/s of 200 B both ways, 4 flows|--rate 2000 --both-ways --flows 4
'
# The sender may be stopped on a busy machine and then sends less; it must not be by much.
readonly SENT_SHARE_MIN=0.8

measure() { # NAME OPTION...
  probe a:eth0 b:eth0 --seconds "$seconds" "${@:2}" >"$LAB_DIR/report"
  jq --arg name "$1" '{name: $name} + .total + {ring_drops, rate,
    sent_per_second: ([.directions[].sent_per_second] | min),
    latency_p50_us: ([.directions[].latency_us.p50] | max),
    latency_p99_us: ([.directions[].latency_us.p99] | max)}' "$LAB_DIR/report" >>"$LAB_DIR/rows"
}

lab_start
lab_host a
lab_host b
lab_link a b
while IFS='|' read -r name options; do
  [[ -n $name ]] || continue
  read -ra words <<<"$options"
  measure "$name" "${words[@]}"
  [[ -z $smoke ]] || break
done <<<"$RUNS"

jq -r '[.name, .sent_per_second, .sent, .received, .lost, .doubled, .reordered, .errors, .max_gap_ms,
    .latency_p50_us, .latency_p99_us] | @tsv' "$LAB_DIR/rows" |
  table 'frames\tsent/s\tsent\treceived\tlost\tdoubled\treordered\terrors\tgap ms\tp50 us\tp99 us'
[[ -z $json ]] || jq -s --arg seconds "$seconds" '{seconds: ($seconds | tonumber), rows: .}' "$LAB_DIR/rows" >"$json"
assert_eq 'frames that went wrong on a veth' 0 "$(jq -s 'map(.errors + .ring_drops) | add' "$LAB_DIR/rows")"
assert_number 'share of the rate that was sent' \
  "$(jq -s 'map(.sent_per_second / .rate) | min' "$LAB_DIR/rows")" '>=' "$SENT_SHARE_MIN"

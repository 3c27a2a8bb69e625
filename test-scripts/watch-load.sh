#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# watch-load.sh: whether those who watch a node cost it frames or throughput.
#
# A relay and two hosts. One TCP stream through the tunnel, direct, in pairs of runs: without anybody
# who watches, and with many event streams at the sending node, of which one never reads. Which of
# the two comes first changes with every pair. "Lost" are frames that one session sent and the other
# did not receive, "dropped" what the nodes dropped for any reason.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/measure.sh
. "$LAB_LIB/measure.sh"

usage() {
  cat <<'USAGE'
usage: watch-load.sh [--pairs N] [--seconds N] [--watchers N] [--json FILE]
  --pairs     of runs without and with watchers (default 5)
  --seconds   of each run (default 5)
  --watchers  event streams, one of which is stuck (default 50)
  --json      writes the rows as JSON, too
exit: 0 no frame lost, and throughput with watchers not below the spread of the runs without, 1 otherwise, 2 usage
USAGE
}

readonly SUBNET=10.66.0.0/24 HOST2=10.66.0.2 ADMIN=127.0.0.1:7878
readonly WARM_SECONDS=12 # until the JVMs have compiled what counts

pairs=5 seconds=5 watchers=50 json=''
while (($#)); do
  case $1 in
    --pairs) pairs=${2-}; shift || true ;;
    --seconds) seconds=${2-}; shift || true ;;
    --watchers) watchers=${2-}; shift || true ;;
    --json) json=${2-}; shift || true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[[ $pairs$seconds$watchers =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }

FAILED=0

segment() {
  local host
  lab_internet
  for host in relay host1 host2; do
    lab_host "$host"
    lab_attach "$host" "$LAB_INET"
  done
  relay_start relay --allow-any
  node_cli host1 network create watch --node host1 --subnet "$SUBNET" --relay "$(relay_address relay)" >/dev/null
  node_start host1 --admin "$ADMIN"
  node_admit host1 host2 --address "$HOST2/24" >/dev/null
  node_start host2
  node_await_ping host1 "$HOST2"
  node_cli host1 handover host2 direct --hold 1h >/dev/null
}

# All watchers but the last read; the last one has asked and stands still from then on.
watch() {
  local i
  for ((i = 1; i <= watchers; i++)); do
    lab_spawn "watcher$i@host1" curl -sSN "http://$ADMIN/api/events"
  done
  lab_await "watcher$watchers" '^event: ' 20
  kill -s STOP "${LAB_PID[watcher$watchers]}"
  for ((i = 1; i < watchers; i++)); do
    lab_await "watcher$i" '^event: ' 20
  done
}

unwatch() {
  local i
  kill -s CONT "${LAB_PID[watcher$watchers]}"
  for ((i = 1; i <= watchers; i++)); do
    EVENTS=$((EVENTS + $(grep -c '^event: ' "$LAB_DIR/log/watcher$i.log" || true)))
    lab_stop "watcher$i" TERM || true
  done
}

# Frames sent and received by both sessions together, and all drops.
counters() {
  local now before=''
  for _ in 1 2 3 4 5; do
    now=$({
      node_cli host1 peers --json
      node_cli host2 peers --json
      node_cli host1 status --json
      node_cli host2 status --json
    } | jq -cs '[.[] | .peers // empty | .[].frames] as $f
      | {sent: ($f | map(.sent) | add), received: ($f | map(.received) | add),
         dropped: ([$f[].dropped | to_entries[].value] + [.[].tap // empty | .dropped | to_entries[].value] | add)}')
    [[ $now != "$before" ]] || break
    before=$now
  done
  echo "$now"
}

# run PAIR HOW: one row; HOW is "without" or "with".
run() {
  local before after gbps=0
  EVENTS=0
  [[ $2 == without ]] || watch
  before=$(counters)
  if iperf host1 "$HOST2" "$seconds"; then gbps=$(iperf_tcp_gbps); else FAILED=1; fi
  after=$(counters)
  [[ $2 == without ]] || unwatch
  jq -nc --argjson pair "$1" --arg how "$2" --argjson gbps "$gbps" --argjson a "$before" --argjson b "$after" \
    --argjson events "$EVENTS" '{$pair, watchers: $how, $gbps, $events,
      frames: ($b.sent - $a.sent), lost: (($b.sent - $a.sent) - ($b.received - $a.received)),
      dropped: ($b.dropped - $a.dropped)}' | tee -a "$LAB_DIR/rows" >&2
}

verdict() {
  jq -rs '
    def runs(how): map(select(.watchers == how) | .gbps) | sort;
    def median: .[length / 2 | floor];
    runs("without") as $w | runs("with") as $o
    | {without: {min: $w[0], median: ($w | median), max: $w[-1]}, with: {min: $o[0], median: ($o | median), max: $o[-1]},
       lost: (map(.lost) | add), ok: ((map(.lost) | add) == 0 and ($o | median) >= $w[0])}' "$LAB_DIR/rows"
}

lab_require_root
lab_build
lab_start
segment
iperf_server host2
iperf host1 "$HOST2" "$WARM_SECONDS" || die "the stream for warming up failed"
for ((pair = 1; pair <= pairs; pair++)); do
  if ((pair % 2)); then order='without with'; else order='with without'; fi
  for how in $order; do
    run "$pair" "$how"
  done
done
echo
{
  printf 'pair\twatchers\tGbit/s\tevents told\tframes\tlost\tdropped\n'
  jq -r '[.pair, .watchers, .gbps, .events, .frames, .lost, .dropped] | @tsv' "$LAB_DIR/rows"
} | table
result=$(verdict)
echo
jq -r '"without watchers: \(.without.min) to \(.without.max), median \(.without.median) Gbit/s; with: median \(.with.median); frames lost: \(.lost)"' <<<"$result"
[[ -z $json ]] || jq -s --argjson verdict "$result" '{rows: ., $verdict}' "$LAB_DIR/rows" >"$json"
((FAILED == 0)) && jq -e .ok <<<"$result" >/dev/null

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
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"
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

readonly ADMIN=127.0.0.1:7878
readonly WARM_SECONDS=12 # until the JVMs have compiled what counts

pairs=5 seconds=5 watchers=50 json=''
options pairs= seconds= watchers= json= -- "$@"
[[ $pairs$seconds$watchers =~ ^[1-9][0-9]*$ ]] || wrong_usage

FAILED=0

segment() {
  lab_internet
  lab_public relay host1 host2
  two_hosts watch --admin "$ADMIN" >/dev/null
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

# run PAIR HOW: one row; HOW is "without" or "with".
run() {
  local before after gbps=0
  EVENTS=0
  [[ $2 == without ]] || watch
  before=$(counters host1 host2)
  if iperf host1 "$HOST2" "$seconds"; then gbps=$(iperf_tcp_gbps); else FAILED=1; fi
  after=$(counters host1 host2)
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

lab_start
lab_build
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
jq -r '[.pair, .watchers, .gbps, .events, .frames, .lost, .dropped] | @tsv' "$LAB_DIR/rows" |
  table 'pair\twatchers\tGbit/s\tevents told\tframes\tlost\tdropped'
result=$(verdict)
echo
jq -r '"without watchers: \(.without.min) to \(.without.max), median \(.without.median) Gbit/s; with: median \(.with.median); frames lost: \(.lost)"' <<<"$result"
[[ -z $json ]] || jq -s --argjson verdict "$result" '{rows: ., $verdict}' "$LAB_DIR/rows" >"$json"
((FAILED == 0)) && jq -e .ok <<<"$result" >/dev/null

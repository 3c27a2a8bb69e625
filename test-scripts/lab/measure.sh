# shellcheck shell=bash disable=SC2153,SC2034 # names come from lib.sh and are used by scripts
# measure.sh: iperf3, ping, CPU time and memory, for scripts that print figures. To be sourced after lib.sh.

readonly IPERF_PORT=5201
IPERF_REPORT='' # JSON report of the last iperf
# As large as every kernel setting here allows, lest iperf3's own socket be what drops datagrams.
UDP_BUFFER_BYTES=$(sort -n /proc/sys/net/core/{rmem,wmem}_max | head -n 1)
readonly UDP_BUFFER_BYTES

# iperf_server HOST: starts it, or again after a test that failed and left it in an unknown state.
iperf_server() {
  IPERF_HOST=$1
  [[ -z ${LAB_PID[iperf3]-} ]] || lab_stop iperf3 KILL
  lab_spawn "iperf3@$1" iperf3 -s -p "$IPERF_PORT" --forceflush
  lab_await iperf3 'Server listening' 5
}

# iperf HOST TARGET SECONDS [OPTION...]: a test against the server there; fails when the test does.
iperf() {
  IPERF_REPORT=$LAB_DIR/iperf.json
  if lab_run "$1" timeout $(($3 + 8)) iperf3 -c "$2" -p "$IPERF_PORT" -t "$3" -J "${@:4}" \
    >"$IPERF_REPORT" 2>"$LAB_DIR/log/iperf3-client.log" &&
    jq -e "(has(\"error\") | not) and .end != {}" "$IPERF_REPORT" >/dev/null; then
    return
  fi
  iperf_server "$IPERF_HOST"
  return 1
}

# A value of the last report; of TCP, what the receiver got.
iperf_value() { # JQ-EXPRESSION
  jq -r "$1" "$IPERF_REPORT"
}

iperf_tcp_gbps() {
  calc 3 "$(iperf_value '.end.sum_received.bits_per_second // 0') / 1e9"
}

# ping_series HOST TARGET INTERVAL-SECONDS COUNT: the round trips are for ping_ms then.
ping_series() {
  lab_run "$1" ping -n -i "$3" -c "$4" -w $(($4 / 10 + 5)) "$2" >"$LAB_DIR/ping" || true
}

ping_ms() { # PERCENTILE
  sed -nE 's/.* time=([0-9.]+) ms$/\1/p' "$LAB_DIR/ping" | percentile "$1"
}

# counters NODE...: of nodes at rest (two equal readings): frames that their sessions sent and received, doubles, and
# what sessions and TAPs dropped for any reason: {"sent", "received", "doubles", "dropped"}
counters() {
  local now before=''
  for _ in 1 2 3 4 5; do
    now=$(read_counters "$@")
    [[ $now != "$before" ]] || break
    before=$now
  done
  echo "$now"
}

read_counters() {
  local node
  for node in "$@"; do
    node_cli "$node" peers --json | jq '.peers[].frames'
    node_cli "$node" status --json | jq .tap
  done | jq -cs '{
    sent: (map(.sent) | add), received: (map(.received) | add), doubles: (map(.duplicates_dropped) | add),
    dropped: ([.[].dropped | to_entries[].value] | add // 0)}'
}

# User and system time of processes so far.
cpu_seconds() { # PID...
  local pid stat fields ticks=0
  for pid in "$@"; do
    stat=$(<"/proc/$pid/stat")
    read -ra fields <<<"${stat##*) }"
    ticks=$((ticks + fields[11] + fields[12]))
  done
  calc 2 "$ticks / $(getconf CLK_TCK)"
}

# Resident memory of the largest of some processes, in MB.
largest_rss_mb() { # PID...
  local pid kb largest=0
  for pid in "$@"; do
    kb=$(sed -nE 's/^VmRSS:\s+([0-9]+) kB/\1/p' "/proc/$pid/status")
    ((kb <= largest)) || largest=$kb
  done
  calc 1 "$largest * 1.024 / 1000"
}

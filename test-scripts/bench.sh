#!/usr/bin/env bash
# bench.sh: measures quicmesh beside the bare link and other overlays, all in one run on this machine.
#
# Hosts a and b share a veth pair; a third, r, behind b, runs the relay (and n2n's supernode). All
# daemons and both ends of iperf3 share this machine's processors, so the figures are figures of CPU
# cost, and only those of one run compare: each is the median over the runs, which go round the
# systems in turn, with its spread (largest - smallest, in % of the median) and its ratio to raw.
#
# "codec" is one stream of zeros over the bare QUIC codec, used plainly: no TAP devices, no iperf3.
#
#   TCP       iperf3, 1 and 4 streams, a to b and b to a; "cold" is the first stream after the start,
#             the others follow when both ways gain nothing more
#   CPU       seconds of all daemons for each GB (10^9 bytes) of the first TCP test, from /proc
#   UDP       iperf3 datagrams of 64 and 1372 bytes; flood: as fast as it can; "1 %": the highest rate,
#             found by bisection, of which 99 % arrive; always what was received
#   ping      idle: every 2 ms; beside TCP: every 10 ms beside one stream
#   memory    of the largest daemon, some seconds after its first start and after all the load
#   start-up  from the start of both daemons to the first ping reply
#   lossy     Mbit/s of one TCP stream, a to b, over an emulated link of 100 Mbit/s, 50 ms round trip
#             and 1 % loss each way; of raw and quicmesh-direct, after all else
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/measure.sh
. "$LAB_LIB/measure.sh"
# shellcheck source=lab/systems.sh
. "$LAB_LIB/systems.sh"

readonly ALL_SYSTEMS=raw,codec,quicmesh-direct,quicmesh-relay,quicmesh-plain,tinc,openvpn,n2n,fastd

usage() {
  cat <<EOF
usage: bench.sh [--systems A,B,...] [--seconds N] [--runs N] [--json FILE] [--compare FILE]
  --systems  of $ALL_SYSTEMS
             (default: all; raw is always measured)
  --seconds  of each TCP and flood test (default 2)
  --runs     of which the median is taken (default 3)
  --json     writes all figures and what they were measured on to FILE
  --compare  prints the ratio of this run's figures to those in FILE
exit: 0 done, 1 failed, 2 usage
EOF
}

# key                 title             digits
readonly METRICS='
tcp1_ab_gbps          TCP 1 a>b Gbit/s  2
tcp1_ba_gbps          b>a               2
tcp4_ab_gbps          TCP 4 a>b         2
tcp4_ba_gbps          b>a               2
tcp1_cold_gbps        cold              2
cpu_s_per_gb          CPU s/GB          1
udp64_flood_kpps      64 B flood kpps   0
udp64_loss1_kpps      1 %               0
udp1372_loss1_gbps    1372 B Gbit/s     2
ping_idle_p50_us      ping idle p50 us  0
ping_idle_p99_us      p99               0
ping_tcp_p50_ms       beside TCP p50 ms 2
ping_tcp_p99_ms       p99               2
rss_idle_mb           idle MB           0
rss_loaded_mb         loaded            0
startup_s             start-up s        2
tcp1_lossy_mbps       lossy Mbit/s      1
'
readonly LOSSY_LINK="rate=100mbit delay=25ms queue=625k loss=1%" LOSSY_SECONDS=6
readonly LOSSY_SYSTEMS=(raw quicmesh-direct)
readonly CODEC_PORT=4711 CODEC_WARM_SECONDS=20
# With both compilers, which the nodes have and the labs' tools have not.
readonly CODEC_JAVA_OPTS="-XX:TieredStopAtLevel=4 -XX:+BackgroundCompilation
  -Dio.netty.tryReflectionSetAccessible=true --add-opens=java.base/java.nio=ALL-UNNAMED"
readonly LOSS_PERCENT_MAX=1 IDLE_SECONDS=8
readonly WARM_STEP_SECONDS=4 WARM_SECONDS_MAX=60 WARM_GAIN=1.05
readonly UDP64_OF_FLOOD=(0.4 4)   # the rate with 1 % loss is searched between these multiples of the flood's,
readonly UDP1372_OF_UDP64=(0.3 2) # for long datagrams of the short ones',
readonly OF_RUN_BEFORE=(0.6 1.6)  # and in later runs of what the run before found
readonly FIRST_STEPS=5 LATER_STEPS=4 # each bisection ends within 7 %

# What could not be measured has no sample.
sample() { # METRIC VALUE
  [[ -n $2 ]] || return 0
  printf '%s\t%s\t%s\t%s\n' "$SYSTEM" "$1" "$RUN" "$2" >>"$LAB_DIR/samples.tsv"
}

call() { # FUNCTION: of the system, if it has it
  local function=sys_${SYSTEM//-/_}_$1
  ! declare -F "$function" >/dev/null || "$function"
}

# ---- the single measurements -----------------------------------------------------------------------

measure_tcp() { # METRIC OPTION...
  ! iperf a "$TARGET" "$seconds" "${@:2}" || sample "$1" "$(iperf_tcp_gbps)"
}

# A JVM compiles what runs, each direction for itself: both take turns until neither has gained anything twice in a row.
warm_up() {
  local way now idle=0 end=$((SECONDS + WARM_SECONDS_MAX))
  local -A best=([there]=0 [back]=0) option=([there]='' [back]=-R)
  while ((idle < 2 && SECONDS < end)); do
    idle=$((idle + 1))
    for way in there back; do
      # shellcheck disable=SC2086 # no option is no word
      iperf a "$TARGET" "$WARM_STEP_SECONDS" ${option[$way]} || continue
      now=$(iperf_tcp_gbps)
      if awk "BEGIN { exit !($now > ${best[$way]} * $WARM_GAIN) }"; then
        best[$way]=$now idle=0
      fi
    done
  done
}

measure_cpu_and_tcp() {
  local before after pids gb
  read -ra pids <<<"$(call pids)"
  before=$(cpu_seconds "${pids[@]}")
  measure_tcp tcp1_ab_gbps
  after=$(cpu_seconds "${pids[@]}")
  gb=$(calc 3 "$(iperf_value '.end.sum_received.bytes // 0') / 1e9")
  [[ $SYSTEM == raw || $gb == 0.000 ]] || sample cpu_s_per_gb "$(calc 2 "($after - $before) / $gb")"
}

# Sends datagrams for a second; sets RECEIVED (kpps) and whether enough of them came (ENOUGH).
# A sender that cannot offer the rate has not shown that it passes.
udp() { # PAYLOAD-BYTES KPPS (0: as fast as it can) [SECONDS]
  RECEIVED=0 ENOUGH=no
  iperf a "$TARGET" "${3-1}" -u -l "$1" -w "$UDP_BUFFER_BYTES" -b "$(calc 0 "$2 * 8000 * $1")" || return 0
  RECEIVED=$(iperf_value '.end.sum | ((.packets // 0) - (.lost_packets // 0)) / .seconds / 1000')
  ENOUGH=$(iperf_value ".end.sum | if .packets != null and .lost_packets <= .packets * $LOSS_PERCENT_MAX / 100
    and .packets / .seconds / 1000 >= $2 * 0.9 then \"yes\" else \"no\" end")
  lab_run a ping -n -c 1 -w 5 "$TARGET" >/dev/null || true # queues are empty again
}

measure_flood() {
  udp 64 0 "$seconds"
  sample udp64_flood_kpps "$(calc 1 "$RECEIVED")"
}

declare -A FOUND=() # system and payload -> kpps of the run before
measure_udp() { # PAYLOAD-BYTES GUESS-KPPS LOW-MULTIPLE HIGH-MULTIPLE: sets BEST, kpps
  local low high middle steps=$FIRST_STEPS found=${FOUND[$SYSTEM/$1]-}
  if [[ -n $found ]]; then
    set -- "$1" "$found" "${OF_RUN_BEFORE[@]}"
    steps=$LATER_STEPS
  fi
  low=$(calc 3 "$2 * $3") high=$(calc 3 "$2 * $4")
  BEST=0
  for ((; steps > 0; steps--)); do
    middle=$(calc 3 "sqrt($low * $high)")
    udp "$1" "$middle"
    if [[ $ENOUGH == yes ]]; then
      BEST=$RECEIVED low=$middle
    else
      high=$middle
    fi
  done
  [[ $BEST == 0 ]] || FOUND[$SYSTEM/$1]=$BEST
}

measure_idle_ping() {
  ping_series a "$TARGET" 0.002 500
  sample ping_idle_p50_us "$(ping_ms 50 | awk '{ print 1000 * $1 }')"
  sample ping_idle_p99_us "$(ping_ms 99 | awk '{ print 1000 * $1 }')"
}

measure_loaded_ping() {
  local load
  ip netns exec "$LAB_ID-a" iperf3 -c "$TARGET" -p "$IPERF_PORT" -t $((seconds + 1)) >"$LAB_DIR/load" 2>&1 &
  load=$!
  lab_run a sleep 0.5 # past the stream's slow start
  ping_series a "$TARGET" 0.01 $((seconds * 100))
  sample ping_tcp_p50_ms "$(ping_ms 50)"
  sample ping_tcp_p99_ms "$(ping_ms 99)"
  wait "$load" || iperf_server b
}

# When a JVM has given back what starting took; the first run tells it for all.
measure_idle_memory() {
  [[ $SYSTEM != raw && $RUN == 1 ]] || return 0
  lab_run a sleep "$IDLE_SECONDS"
  measure_memory rss_idle_mb
}

measure_memory() { # METRIC
  local pids
  read -ra pids <<<"$(call pids)"
  ((${#pids[@]} == 0)) || sample "$1" "$(largest_rss_mb "${pids[@]}")"
}

target() {
  TARGET=$OVERLAY_B
  [[ $SYSTEM != raw ]] || TARGET=$(sys_raw_target)
}

# From now until a ping is answered. ARP requests go out every 10 ms, because the kernel would wait a
# second before its next one.
first_reply() {
  [[ $SYSTEM != raw ]] || return 0
  local deadline=$((SECONDS + 30))
  until lab_run a arping -q -i "$OVERLAY_TAP" -C 1 -W 0.01 -w 30 "$TARGET" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || die "$SYSTEM: no reply in 30 s; logs of its daemons: $(tail -n 3 "$LAB_DIR"/log/*)"
  done
  lab_run a ping -n -c 1 -w 10 "$TARGET" >/dev/null || die "$SYSTEM: ARP works, ping does not"
}

# ---- one system, one run ---------------------------------------------------------------------------

bench() { # sets SYSTEM's samples of this RUN
  local began=$EPOCHREALTIME
  target
  call start
  first_reply
  [[ $SYSTEM == raw ]] || sample startup_s "$(calc 3 "$EPOCHREALTIME - $began")"
  call settle
  measure_idle_memory
  if [[ $SYSTEM == quicmesh* ]]; then
    measure_tcp tcp1_cold_gbps
    warm_up
  fi
  measure_cpu_and_tcp
  measure_tcp tcp1_ba_gbps -R
  measure_tcp tcp4_ab_gbps -P 4
  measure_tcp tcp4_ba_gbps -P 4 -R
  measure_flood
  measure_udp 64 "$RECEIVED" "${UDP64_OF_FLOOD[@]}"
  sample udp64_loss1_kpps "$(calc 1 "$BEST")"
  measure_udp 1372 "$BEST" "${UDP1372_OF_UDP64[@]}"
  sample udp1372_loss1_gbps "$(calc 3 "$BEST * 1372 * 8 / 1e6")"
  measure_idle_ping
  measure_loaded_ping
  measure_memory rss_loaded_mb
  call stop
}

# Each way with its own two processes.
bench_codec() {
  codec_stream a b tcp1_ab_gbps cpu_s_per_gb
  codec_stream b a tcp1_ba_gbps
}

codec_stream() { # FROM TO METRIC [CPU-METRIC]
  local before after gbps
  codec_end receiver@"$2"
  lab_await receiver 'bulk: ready' || die "the codec's receiver does not start"
  codec_end sender@"$1" --to "$(lab_ip "$2")" --warm "$CODEC_WARM_SECONDS" --seconds "$seconds"
  lab_await sender 'bulk: warm' $((CODEC_WARM_SECONDS + 20)) || die "the codec's sender does not connect"
  before=$(cpu_seconds "${LAB_PID[sender]}" "${LAB_PID[receiver]}")
  lab_await sender 'Gbit/s' $((seconds + 10)) || die "the codec's sender ended"
  after=$(cpu_seconds "${LAB_PID[sender]}" "${LAB_PID[receiver]}")
  gbps=$(awk '/Gbit/ { print $2 }' "$LAB_DIR/log/sender.log")
  sample "$3" "$gbps"
  (($# < 4)) || sample "$4" "$(calc 2 "($after - $before) / ($gbps * $seconds / 8)")"
  lab_stop sender
  lab_stop receiver
}

codec_end() { # NAME@HOST OPTION...
  lab_spawn "$1" env QUICMESH_LAB_NICE=0 QUICMESH_LAB_JAVA_OPTS="$CODEC_JAVA_OPTS" \
    "$LAB_LIB/tool" bulk "$CODEC_PORT" "${@:2}"
}

# The link between a and b becomes an emulated one, with the same addresses.
lossy_topology() {
  local host
  ip -n "$LAB_ID-a" link del eth0
  LAB_EMULATED=$LOSSY_LINK lab_veth a eth0 b eth0 1500
  for host in a b; do
    lab_bring_up "$host" eth0
  done
  ip -n "$LAB_ID-a" route replace default via "$(lab_ip b)"
}

bench_lossy() {
  target
  call start
  first_reply
  call settle
  for ((RUN = 1; RUN <= runs; RUN++)); do
    ! iperf a "$TARGET" "$LOSSY_SECONDS" || sample tcp1_lossy_mbps "$(calc 2 "$(iperf_tcp_gbps) * 1000")"
  done
  call stop
}

topology() {
  lab_host a
  lab_host b
  lab_host r
  lab_link a b
  lab_link b r 1500 eth1 eth0
  lab_forwarding b
  ip -n "$LAB_ID-a" route add default via "$(lab_ip b)"
  ip -n "$LAB_ID-r" route add default via "$(lab_ip b eth1)"
  # b has one address to everybody, as hosts on one uplink have.
  ip -n "$LAB_ID-b" route replace "$(lab_ip r)/32" dev eth1 src "$(lab_ip b)"
}

# ---- results ---------------------------------------------------------------------------------------

results() {
  jq -n --rawfile samples "$LAB_DIR/samples.tsv" --arg commit "$(git -C "$LAB_ROOT" describe --always --dirty 2>/dev/null)" \
    --arg date "$(date -u +%FT%TZ)" --arg kernel "$(uname -r)" --arg cpus "$(nproc)" --arg load "$LOAD" \
    --arg cpu "$(sed -nE 's/^model name\s+: //p' /proc/cpuinfo | head -n 1)" \
    --arg tcp "$(</proc/sys/net/ipv4/tcp_congestion_control)" --arg seconds "$seconds" --arg runs "$runs" '
    def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
    [$samples | split("\n")[] | select(. != "") | split("\t")
      | {system: .[0], metric: .[1], value: (.[3] | tonumber)}]
    | group_by(.system) | map({key: .[0].system, value: (
        group_by(.metric) | map({key: .[0].metric, value: (
          map(.value) | {median: median, min: min, max: max, samples: .})}) | from_entries)}) | from_entries
    | . as $systems
    | map_values(with_entries(.key as $metric
        | .value.spread_percent = (if .value.median == 0 then null
            else 100 * (.value.max - .value.min) / .value.median end)
        | .value.ratio_to_raw = (($systems.raw[$metric].median // 0) as $raw
            | if $raw == 0 then null else .value.median / $raw end)))
    | {measured: {$date, $commit, $kernel, $cpu, cpus: ($cpus | tonumber), tcp_congestion_control: $tcp,
        load_before: ($load | tonumber), seconds: ($seconds | tonumber), runs: ($runs | tonumber)}, systems: .}'
}

# Prints one field of all figures: systems down, metrics across. DIGITS "" takes each metric's own.
print_field() { # TITLE JQ-EXPRESSION DIGITS [SUFFIX]
  local keys titles digits
  keys=$(awk 'NF { print $1 }' <<<"$METRICS")
  titles=$(awk 'NF { $1 = ""; $NF = ""; gsub(/^ | $/, ""); print }' <<<"$METRICS" | paste -sd '\t')
  digits=$(awk -v d="$3" 'NF { print (d == "" ? $NF : d) }' <<<"$METRICS" | paste -sd ' ')
  printf '\n%s\n' "$1"
  {
    printf 'system\t%s\n' "$titles"
    jq -r --arg order "$ORDER" --arg keys "$keys" --slurpfile that "${compare:-/dev/null}" '
      .systems as $systems | ($order | split(","))[] | . as $system
      | [$system, ($keys | split("\n")[] | . as $metric | ($systems[$system][$metric]) as $figure
          | if $figure == null then "" else ($figure | ('"$2"')) // "" end)] | @tsv' "$LAB_DIR/results.json" |
      awk -F '\t' -v OFS='\t' -v digits="$digits" -v suffix="${4-}" '
        BEGIN { split(digits, d, " ") }
        { for (i = 2; i <= NF; i++) if ($i != "") $i = sprintf("%." d[i - 1] "f" suffix, $i); print }'
  } | table
}

print_results() {
  print_field 'Median' '.median' ''
  print_field 'Spread, %' '.spread_percent' 0
  print_field 'Ratio to raw' '.ratio_to_raw' 3
  # shellcheck disable=SC2016 # variables of jq
  [[ -z $compare ]] ||
    print_field "Ratio to the median in $compare" \
      '.median as $this | $that[0].systems[$system][$metric].median as $was | if ($was // 0) == 0 then null else $this / $was end' 2 x
}

# ---- the run ---------------------------------------------------------------------------------------

systems=$ALL_SYSTEMS seconds=2 runs=3 json='' compare=''
options systems= seconds= runs= json= compare= -- "$@"
[[ -z $compare ]] || compare=$(realpath -e "$compare") || exit 2
[[ ,$systems, == *,raw,* ]] || systems=raw,$systems
for SYSTEM in ${systems//,/ }; do
  [[ ,$ALL_SYSTEMS, == *,$SYSTEM,* ]] || die "unknown system '$SYSTEM'; known: $ALL_SYSTEMS"
done
ORDER=$systems
read -r LOAD _ </proc/loadavg
"$LAB_SCRIPTS/check-tools.sh" lab bench
[[ $systems != *quicmesh* ]] || lab_build
"$LAB_LIB/tool" --version >/dev/null # builds it
lab_start
topology
iperf_server b
for SYSTEM in ${systems//,/ }; do
  call prepare
done
for ((RUN = 1; RUN <= runs; RUN++)); do
  for SYSTEM in ${systems//,/ }; do
    run_began=$EPOCHREALTIME
    if [[ $SYSTEM == codec ]]; then bench_codec; else bench; fi
    echo "bench.sh: run $RUN of $runs, $SYSTEM: $(calc 0 "$EPOCHREALTIME - $run_began") s" >&2
  done
done
lossy_topology
for SYSTEM in "${LOSSY_SYSTEMS[@]}"; do
  [[ ,$systems, != *,$SYSTEM,* ]] || bench_lossy
done
results >"$LAB_DIR/results.json"
print_results
[[ -z $json ]] || cp "$LAB_DIR/results.json" "$json"

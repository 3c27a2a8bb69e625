# shellcheck shell=bash disable=SC2153,SC2034 # names come from lib.sh
# load.sh: what runs beside the prober: a TCP stream, and a file that is copied again and again and
# compared. Part of lib.sh.

readonly LOAD_RATE=20M LOAD_PORT=5201
readonly LOAD_BLOCK=8K # with the large ones of iperf3 the stream would stand in the link for 10 ms at a time
readonly LOAD_COPY_PORT=7000 LOAD_COPY_MEGABYTES=1
LOAD_NOTE='' # how the load fared, for scripts

# load_start FROM TO ADDRESS: from one host to another one's address.
load_start() {
  lab_spawn "load-server@$2" iperf3 -s -p "$LOAD_PORT" -1 --forceflush
  lab_await load-server 'Server listening' 5
  lab_spawn "load@$1" iperf3 -c "$3" -p "$LOAD_PORT" -t 3600 -b "$LOAD_RATE" -l "$LOAD_BLOCK" -i 1 --forceflush
  lab_spawn "copy-server@$2" bash -c "while :; do timeout 60 socat -u TCP4-LISTEN:$LOAD_COPY_PORT,reuseaddr STDOUT | sha256sum; done"
  [[ -s $LAB_DIR/load-file ]] || head -c "${LOAD_COPY_MEGABYTES}M" /dev/urandom >"$LAB_DIR/load-file"
  lab_spawn "copy@$1" bash -c "sleep 0.5; while :; do socat -u OPEN:'$LAB_DIR/load-file' TCP4:$3:$LOAD_COPY_PORT && sleep 2; done"
}

# load_stop: leaves in LOAD_NOTE the Mbit/s of the TCP stream, its worst second, and the copies that came whole.
load_stop() {
  local sum good
  lab_stop load INT || true
  lab_stop load-server KILL || true
  lab_stop copy KILL || true
  lab_stop copy-server KILL || true
  sum=$(sha256sum <"$LAB_DIR/load-file")
  good=$(grep -cF "$sum" "$LAB_DIR/log/copy-server.log" || true)
  LOAD_NOTE=$(awk -v good="$good" '/ sec / && /bits\/sec/ && !/sender|receiver/ {
      for (i = 1; i < NF; i++) if ($(i + 1) ~ /bits\/sec/) {
        v = $i * ($(i + 1) ~ /^G/ ? 1000 : $(i + 1) ~ /^K/ ? 0.001 : $(i + 1) ~ /^M/ ? 1 : 0.000001)
        n++; sum += v; if (n > 1 && (low == "" || v < low)) low = v } }
    END { printf "tcp %.1f Mbit/s, worst second %.1f, copies whole %d", n ? sum / n : 0, low + 0, good }' \
    "$LAB_DIR/log/load.log")
}

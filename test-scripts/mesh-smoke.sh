#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# mesh-smoke.sh: what users do on an Ethernet segment, once each, on a real relay and real nodes.
#
# A relay and three hosts on a public network of MTU 1500; host1 and host2 have default settings, host3
# runs without offloads. Everything through the relay and direct, then daemons that die and come back,
# then an MTU of 9000 inside.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'USAGE'
usage: mesh-smoke.sh [--megabytes N] [--json FILE]
  --megabytes  size of the files that are copied (default 50; 10 to and from the node without offloads)
  --json       writes the table as JSON, too
exit: 0 every row is ok, 1 one is not, 2 usage
USAGE
}

readonly SUBNET=10.66.0.0/24 HOST1=10.66.0.1 HOST2=10.66.0.2 HOST3=10.66.0.3
readonly DHCP_FROM=10.66.0.100 DHCP_TO=10.66.0.120
readonly COPY_PORT=7000 HOLD=1h
readonly PLAIN_MEGABYTES=10
readonly RESTARTED_SECONDS_MAX=10 # from a node that is ready again to its first answer
readonly AGAIN_SECONDS=40         # for a relay path to come back, handovers tried again and again
readonly LARGE_MTU=9000 LARGE_PING_BYTES=8972

megabytes=50 json=''
while (($#)); do
  case $1 in
    --megabytes) megabytes=${2-}; shift || true ;;
    --json) json=${2-}; shift || true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[[ $megabytes =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }

ROWS=() # way, what, verdict, ms, note: tab-separated
FAILED=0
NOTE=''

# check WAY WHAT COMMAND...: one row; what the command prints is shown when it fails. It runs with
# errors ignored, so each command below joins its steps with && or says `return 1`.
check() {
  local verdict=ok from to
  NOTE=''
  from=$(now_ms)
  if ! "${@:3}" >"$LAB_DIR/check.log" 2>&1; then
    verdict=FAILED
    FAILED=$((FAILED + 1))
    echo "mesh-smoke.sh: FAILED: $1: $2; the last lines were:" >&2
    tail -n 5 "$LAB_DIR/check.log" >&2
  fi
  to=$(now_ms)
  ROWS+=("$1"$'\t'"$2"$'\t'"$verdict"$'\t'$((to - from))$'\t'"$NOTE")
  echo "mesh-smoke.sh: $1: $2: $verdict${NOTE:+ ($NOTE)}"
}

now_ms() {
  echo $(($(date +%s%N) / 1000000))
}

# until_true SECONDS COMMAND...
until_true() {
  local deadline=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# ---- what is checked ---------------------------------------------------------------------------------

# From an empty neighbour table, so that ARP is asked by the kernel, too.
arp_and_ping() {
  lab_exec host1 ip neigh flush dev qm0
  lab_exec host1 arping -q -I qm0 -c 2 -w 5 "$HOST2" &&
    lab_exec host1 ping -n -c 5 -i 0.1 -w 10 "$HOST2"
}

# All nodes of the segment answer from their link-local addresses; the own answer does not count.
ping_all_nodes() {
  local own
  own=$(link_local host1)
  lab_exec host1 ping -6 -n -c 3 -i 0.3 -w 5 'ff02::1%qm0' >"$LAB_DIR/all-nodes" || true
  cat "$LAB_DIR/all-nodes"
  NOTE="$(grep -o 'from fe80[^% ]*' "$LAB_DIR/all-nodes" | sort -u | grep -vcF "$own") others"
  lab_exec host1 ping -6 -n -c 3 -i 0.1 -w 5 "$(link_local host2)%qm0" && [[ $NOTE == "2 others" ]]
}

link_local() {
  lab_exec "$1" ip -6 -j addr show dev qm0 scope link | jq -r '.[0].addr_info[0].local'
}

# host2 serves addresses, host1 asks for one; nothing is configured from the answer.
dhcp() {
  cat >"$LAB_DIR/leased" <<'SCRIPT'
#!/bin/sh
[ "$1" != bound ] || echo "leased $ip"
SCRIPT
  chmod 755 "$LAB_DIR/leased"
  [[ -z ${LAB_PID[dhcp]-} ]] || lab_stop dhcp KILL
  lab_spawn dhcp@host2 dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=qm0 \
    --bind-interfaces --dhcp-range="$DHCP_FROM,$DHCP_TO,2m" --dhcp-authoritative --user=root \
    --dhcp-leasefile="$LAB_DIR/leases" --pid-file --log-facility=- --no-ping
  lab_await dhcp 'DHCP, IP range' 10 || return 1
  lab_exec host1 udhcpc -f -n -q -i qm0 -t 5 -T 2 -s "$LAB_DIR/leased" >"$LAB_DIR/udhcpc" 2>&1
  lab_stop dhcp
  cat "$LAB_DIR/udhcpc" "$LAB_DIR/log/dhcp.log"
  NOTE=$(sed -n 's/^leased //p' "$LAB_DIR/udhcpc")
  [[ -n $NOTE ]]
}

# copy FROM TO ADDRESS MEGABYTES: a file by TCP; the SHA-256 of what arrives is that of what was sent.
copy() {
  local sum=$LAB_DIR/copied.sum from to
  [[ -z ${LAB_PID[copy]-} ]] || lab_stop copy KILL # of a copy that failed
  head -c "$4M" "$LAB_DIR/file" >"$LAB_DIR/part" || return 1
  lab_spawn "copy@$2" sh -c "socat -u TCP-LISTEN:$COPY_PORT,reuseaddr - | sha256sum >'$sum'"
  until_true 10 lab_listens "$2" || return 1
  from=$(now_ms)
  lab_exec "$1" timeout 120 socat -u "OPEN:$LAB_DIR/part" "TCP:$3:$COPY_PORT,connect-timeout=10" || return 1
  timeout 60 tail --pid="${LAB_PID[copy]}" -s 0.02 -f /dev/null || return 1
  to=$(now_ms)
  unset 'LAB_PID[copy]'
  NOTE="$4 MB at $(calc 2 "$4 * 8.388608 / ($to - $from)") Gbit/s"
  [[ $(sha256sum <"$LAB_DIR/part") == "$(<"$sum")" ]]
}

lab_listens() {
  [[ -n $(lab_exec "$1" ss -Hltn "sport = :$COPY_PORT") ]]
}

both_copies() {
  copy host1 host3 "$HOST3" "$PLAIN_MEGABYTES" || return 1
  local there=$NOTE
  copy host3 host1 "$HOST1" "$PLAIN_MEGABYTES" || return 1
  NOTE="$there, back $NOTE"
  [[ $(node_cli host3 status --json | jq -c .tap.offloads) =~ ^(\[\]|false|null|\"none\"|\"off\"|\"\")$ ]]
}

handed_over() { # PEER WAY
  node_cli host1 handover "$1" "$2" --hold "$HOLD" &&
    [[ $(carrier "$1") == "$2" ]]
}

carrier() {
  node_cli host1 peers --json | jq -r --arg peer "$1" '.peers[] | select(.name == $peer) | .carrier'
}

answers() { # ADDRESS
  lab_exec host1 ping -n -q -c 1 -W 0.5 "$1" >/dev/null
}

# The session came by another way, or not at all, while the relay was away.
relay_restarted() {
  relay_start relay --allow-any || return 1
  local from
  from=$(now_ms)
  until_true "$AGAIN_SECONDS" handed_over host2 relay || return 1
  NOTE="$(calc 1 "($(now_ms) - $from) / 1000") s after it was ready"
  lab_exec host1 ping -n -c 3 -i 0.1 -w 10 "$HOST2"
}

# Judged from when the node says that it is ready: how long a JVM takes to start is the machine's, and in the note.
node_restarted() {
  local killed ready from
  killed=$(now_ms)
  node_start host2 || return 1
  ready=$(now_ms)
  until_true "$AGAIN_SECONDS" answers "$HOST2" || return 1
  from=$(now_ms)
  NOTE="$(calc 1 "($from - $killed) / 1000") s after its start, $(calc 1 "($from - $ready) / 1000") s after ready"
  ((from - ready <= RESTARTED_SECONDS_MAX * 1000))
}

ends_without_trace() {
  node_stop host1 TERM 15 && node_stop host2 TERM 15 || return 1
  local host
  for host in host1 host2; do
    ! lab_exec "$host" ip link show qm0 || return 1
  done
}

large_mtu_starts() {
  local host
  printf 'tap:\n  mtu: %s\n' "$LARGE_MTU" >"$LAB_DIR/large.yaml"
  for host in host1 host2; do
    node_start "$host" --config "$LAB_DIR/large.yaml" || return 1
    [[ $(lab_exec "$host" ip -j link show qm0 | jq '.[0].mtu') == "$LARGE_MTU" ]] || return 1
  done
  until_true "$AGAIN_SECONDS" answers "$HOST2"
}

# The kernel may not fragment inside, so the frame crosses whole.
large_ping() {
  lab_exec host1 ping -n -c 5 -i 0.1 -w 10 -M 'do' -s "$LARGE_PING_BYTES" "$HOST2"
}

# ---- the run -----------------------------------------------------------------------------------------

segment() {
  lab_internet
  local host
  for host in relay host1 host2 host3; do
    lab_host "$host"
    lab_attach "$host" "$LAB_INET"
  done
  relay_start relay --allow-any
  node_cli host1 network create smoke --node host1 --subnet "$SUBNET" --relay "$(relay_address relay)" >/dev/null
  node_start host1
  node_admit host1 host2 --address "$HOST2/24" >/dev/null
  node_admit host1 host3 --address "$HOST3/24" >/dev/null
  node_start host2
  printf 'tap:\n  offloads: false\n' >"$LAB_DIR/plain.yaml"
  node_start host3 --config "$LAB_DIR/plain.yaml"
}

lab_require_root
lab_build
lab_start
segment
head -c "$((megabytes > PLAIN_MEGABYTES ? megabytes : PLAIN_MEGABYTES))M" /dev/urandom >"$LAB_DIR/file"
check start 'both peers answer' until_true "$AGAIN_SECONDS" eval "answers $HOST2 && answers $HOST3"
for way in relay direct; do
  check "$way" 'handover to it' until_true "$AGAIN_SECONDS" handed_over host2 "$way"
  check "$way" 'ARP and ping' arp_and_ping
  check "$way" 'IPv6 all nodes and link-local' ping_all_nodes
  check "$way" 'DHCP' dhcp
  check "$way" 'file copy, SHA-256' copy host1 host2 "$HOST2" "$megabytes"
  check "$way" 'handover of the node without offloads' until_true "$AGAIN_SECONDS" handed_over host3 "$way"
  check "$way" 'TCP both ways, without offloads' both_copies
done
lab_stop relay KILL
check direct 'relay killed: ping goes on' lab_exec host1 ping -n -c 10 -i 0.1 -w 5 "$HOST2"
check relay 'relay killed and started' relay_restarted
lab_stop host2 KILL
check 'after kill' 'node killed and started' node_restarted
check 'at the end' 'SIGTERM leaves no qm0' ends_without_trace
check "MTU $LARGE_MTU" 'nodes start and answer' large_mtu_starts
for way in relay direct; do
  check "MTU $LARGE_MTU" "handover to $way" until_true "$AGAIN_SECONDS" handed_over host2 "$way"
  check "MTU $LARGE_MTU" "ping -M do -s $LARGE_PING_BYTES, $way" large_ping
done

echo
printf '%s\n' $'way\twhat\tresult\tms\tnote' "${ROWS[@]}" | table
[[ -z $json ]] || printf '%s\n' "${ROWS[@]}" | jq -Rn '{rows: [inputs | split("\t")
  | {way: .[0], what: .[1], result: .[2], ms: (.[3] | tonumber), note: .[4]}]}' >"$json"
((FAILED == 0))

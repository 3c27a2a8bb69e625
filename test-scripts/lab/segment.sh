# shellcheck shell=bash disable=SC2153,SC2034 # names come from lib.sh and mesh.sh, and are used there
# segment.sh: what users do on an Ethernet segment, each as a check of mesh.sh. To be sourced after lib.sh.
#
# How a check is written stands in checks.sh.

readonly COPY_PORT=7000
readonly NOBODY=10.66.0.77 NOBODY_MAC=02:00:00:00:00:77 FLOOD_FRAMES=100
readonly GROUP=239.1.2.3 GROUP_PORT=7001 GROUP_WORDS=20
readonly PRINTER=10.66.0.200 VLAN_ID=7 VLAN_NET=10.67.0
readonly UDP_RATE=50M
readonly CANARY_BYTES=200000
readonly SINK_PORT=5301 SINK_RATE=50M STALLED_SECONDS=4

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
    node_on host1 "$1" "$2"
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
  until_true "$AGAIN_SECONDS" answers host1 "$HOST2" || return 1
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
  until_true "$AGAIN_SECONDS" answers host1 "$HOST2"
}

# The kernel may not fragment inside, so the frame crosses whole.
large_ping() {
  lab_exec host1 ping -n -c 5 -i 0.1 -w 10 -M 'do' -s "$LARGE_PING_BYTES" "$HOST2"
}

# ---- the full run only -----------------------------------------------------------------------------

# udp FROM TO ADDRESS: datagrams of 1372 bytes, and of 8000 in several fragments; 1 % may be lost, because
# iperf3 reads late on a busy machine. What nodes lose is for the prober to say, in handover.sh.
udp() {
  local bytes lost=''
  iperf_server "$2" || return 1
  for bytes in 1372 8000; do
    iperf "$1" "$3" 2 -u -b "$UDP_RATE" -l "$bytes" -w "$UDP_BUFFER_BYTES" || return 1
    lost+="$bytes B: $(iperf_value .end.sum.lost_packets) of $(iperf_value .end.sum.packets) lost, "
    [[ $(iperf_value '.end.sum.packets > 500 and .end.sum.lost_packets * 100 < .end.sum.packets') == true ]] || {
      echo "$lost"
      return 1
    }
  done
  NOTE+=${lost%, }
}

both_udps() {
  udp host1 host3 "$HOST3" && NOTE+='; back ' && udp host3 host1 "$HOST1"
}

# Frames to an address that nobody has shown go to every host, with offloads or without.
flooding() {
  local host
  lab_exec host1 ip neigh replace "$NOBODY" lladdr "$NOBODY_MAC" dev qm0 || return 1
  for host in host2 host3; do
    capture_start "flood-$host" "$host" qm0 ether dst "$NOBODY_MAC" || return 1
  done
  lab_exec host1 ping -n -q -i 0.005 -c "$FLOOD_FRAMES" -s 1000 -W 0.2 "$NOBODY"
  for host in host2 host3; do
    capture_stop "flood-$host"
    NOTE+="$(capture_count "flood-$host") at $host, "
    [[ $(capture_count "flood-$host") == "$FLOOD_FRAMES" ]] || return 1
  done
  NOTE=${NOTE%, }
}

# A group joined on two hosts hears what the third one says, as often as it says it.
multicast() {
  local host word
  for host in host2 host3; do
    lab_spawn "group-$host@$host" socat -u \
      "UDP4-RECV:$GROUP_PORT,ip-add-membership=$GROUP:qm0" "OPEN:$LAB_DIR/group-$host,creat,trunc"
    until_true 5 group_joined "$host" || return 1
  done
  for word in $(seq "$GROUP_WORDS"); do
    lab_exec host1 socat -u - "UDP4-DATAGRAM:$GROUP:$GROUP_PORT,ip-multicast-if=$HOST1" <<<"$word" || return 1
  done
  for host in host2 host3; do
    until_true 5 group_heard "$host" || return 1
    lab_stop "group-$host" KILL
    NOTE+="$(wc -l <"$LAB_DIR/group-$host") of $GROUP_WORDS at $host, "
  done
  NOTE=${NOTE%, }
}

group_joined() {
  [[ $(lab_exec "$1" ip maddr show dev qm0) == *"$GROUP"* ]]
}

group_heard() {
  (($(wc -l <"$LAB_DIR/group-$1") == GROUP_WORDS))
}

# host3's TAP stands in a bridge with a port that leads to a host without quicmesh.
bridged() {
  ip -n "$LAB_ID-host3" -batch - <<BATCH || return 1
link add br0 type bridge forward_delay 0
link set br0 up
link set qm0 master br0
link set lan0 master br0
BATCH
  lab_exec host1 ping -n -q -c 5 -i 0.1 -w 10 "$PRINTER" && copy host1 printer "$PRINTER" 20 || return 1
  local there=$NOTE
  copy printer host1 "$HOST1" 20 && NOTE="$there, back $NOTE"
}

# vlan_port HOST INTERFACE LAST-BYTE: an interface "vlan" of the host, whose frames are tagged on the
# given one, which leads to the segment. A kernel without 802.1Q has them tagged in userspace.
vlan_port() {
  if ! lab_exec "$1" ip link add link "$2" name vlan type vlan id "$VLAN_ID" 2>/dev/null; then
    lab_spawn "vlan-$1@" "$LAB_LIB/tool" vlan --namespace "$LAB_ID-$1" --trunk trunk --access vlan --id "$VLAN_ID"
    lab_await "vlan-$1" '^vlan: ready' 20 || return 1
    ip -n "$LAB_ID-$1" -batch - <<BATCH || return 1
link add vbr type bridge forward_delay 0
link set vbr up
link set trunk master vbr
link set $2 master vbr
BATCH
  fi
  ip -n "$LAB_ID-$1" link set vlan up && ip -n "$LAB_ID-$1" addr add "$VLAN_NET.$3/24" dev vlan
}

# Between host1 and the host behind host3's bridge, tagged all the way.
vlan_ping() {
  vlan_port host1 qm0 1 && vlan_port printer eth0 2 || return 1
  capture_start vlan host3 qm0 || return 1
  lab_exec host1 ping -n -q -c 10 -i 0.1 -w 10 "$VLAN_NET.2" || return 1
  capture_stop vlan
  local tagged
  tagged=$(capture_count vlan "vlan.id == $VLAN_ID && icmp")
  NOTE="$tagged ICMP packets with tag $VLAN_ID on the way"
  ((tagged >= 20))
}

# What crosses the TAP is found neither in what the relay sends and receives nor in its memory; it is
# found in the node's memory and at the TAP, or else the search would mean nothing.
canary() {
  local canary sink
  canary=canary-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  { yes "$canary" || true; } | head -c "$CANARY_BYTES" >"$LAB_DIR/canaries"
  capture_start canary-relay relay eth0 udp || return 1
  capture_start canary-tap host1 qm0 tcp || return 1
  lab_spawn canary-sink@host2 socat -u "TCP-LISTEN:$COPY_PORT,reuseaddr" /dev/null
  until_true 10 lab_listens host2 || return 1
  lab_spawn canary-source@host1 sh -c "while cat '$LAB_DIR/canaries'; do sleep 0.05; done | socat -u - TCP:$HOST2:$COPY_PORT"
  until_true 5 eval "((\$(stat -c %s '$LAB_DIR/capture/canary-relay.pcap') > 1000000))" || return 1
  in_memory relay "$canary" && ((FOUND == 0)) && in_memory host1 "$canary" && ((FOUND > 0)) || return 1
  sink=${LAB_PID[canary-sink]}
  lab_stop canary-source KILL
  kill -s TERM "$sink" && unset 'LAB_PID[canary-sink]'
  capture_stop canary-relay && capture_stop canary-tap || return 1
  NOTE+="captures: relay $(in_capture canary-relay "$canary"), TAP $(in_capture canary-tap "$canary")"
  (($(in_capture canary-relay "$canary") == 0 && $(in_capture canary-tap "$canary") > 0))
}

# in_memory DAEMON TEXT: sets FOUND; the process stands still meanwhile.
in_memory() {
  local answer pid=${LAB_PID[$1]}
  kill -s STOP "$pid"
  answer=$("$LAB_LIB/tool" memory-scan "$pid" "$2") || answer=$'-1\t0'
  kill -s CONT "$pid"
  FOUND=${answer%%$'\t'*}
  NOTE+="memory of $1: $FOUND in ${answer##*$'\t'} MB, "
}

in_capture() { # NAME TEXT
  grep -c -a -F "$2" "$LAB_DIR/capture/$1.pcap" || true
}

# TCP to host3 beside datagrams to two hosts that take them, and beside the same when these two are stopped.
two_stalled() {
  local host live stalled=0
  iperf_server host3 || return 1
  for host in host2 host4; do
    lab_spawn "sink-$host@$host" iperf3 -s -p "$SINK_PORT" --forceflush
    lab_await "sink-$host" 'Server listening' 5 || return 1
    lab_spawn "datagrams-$host@host1" iperf3 -u -c "$(overlay_of "$host")" -p "$SINK_PORT" \
      -b "$SINK_RATE" -l 1372 -t 600 --forceflush
    lab_await "datagrams-$host" 'bits/sec' 10 || return 1
  done
  iperf host1 "$HOST3" "$STALLED_SECONDS" || return 1
  live=$(iperf_tcp_gbps)
  kill -s STOP "${LAB_PID[host2]}" "${LAB_PID[host4]}"
  iperf host1 "$HOST3" "$STALLED_SECONDS" && stalled=$(iperf_tcp_gbps)
  kill -s CONT "${LAB_PID[host2]}" "${LAB_PID[host4]}"
  for host in host2 host4; do
    lab_stop "datagrams-$host" KILL
    lab_stop "sink-$host" KILL
  done
  NOTE="$live Gbit/s beside two live peers, $stalled beside two stalled ones; dropped: $(dropped)"
  awk "BEGIN { exit !($stalled >= 0.8 * $live) }"
}

# The reasons for which host1 has dropped frames of its peers.
dropped() {
  node_cli host1 peers --json | jq -c '[.peers[].frames.dropped | to_entries[] | select(.value > 0)]
    | group_by(.key) | map({(.[0].key): (map(.value) | add)}) | add // {}'
}

overlay_of() {
  case $1 in
    host1) echo "$HOST1" ;;
    host2) echo "$HOST2" ;;
    host3) echo "$HOST3" ;;
    *) echo "$HOST4" ;;
  esac
}

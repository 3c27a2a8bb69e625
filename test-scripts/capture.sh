#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# capture.sh: what a capture shows of a connection that moves from one interface to another.
#
# A relay and two hosts. host1 has two uplinks, dials, and writes a key log (quic.key-log). tcpdump
# listens at host2 from before the nodes start. A ping runs through the segment over the direct
# connection while host1's first uplink is taken down. Afterwards nodes and capture are asked about
# the same connection. One row for each question.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"

usage() {
  cat <<'USAGE'
usage: capture.sh [--keep DIR] [--json FILE]
  --keep  copies the capture (move.pcap) and its key log (host1.keys) to this directory
  --json  writes the table as JSON, too
exit: 0 every row as it should be, 1 not, 2 usage
USAGE
}

readonly PINGS=150 PING_INTERVAL=0.02 BEFORE_SECONDS=1
readonly SETTLE_SECONDS=30 MOVE_SECONDS=10
readonly SHOWN_DIGITS=8                # of an id
readonly OWN_PACKET=40:71:75:69:63:6d:65:73:68 # how the gate's packets begin (OwnPacket)

keep='' json=''
options keep= json= -- "$@"

FAILED=0

segment() {
  lab_internet
  lab_public relay host1 host2
  lab_attach host1 "$LAB_INET" --if eth1 --metric 200
  as_on_a_wire host1 eth0
  as_on_a_wire host1 eth1
  as_on_a_wire host2 eth0
  printf 'mobile: true\nquic:\n  key-log: %s\n' "$KEYS" >"$LAB_DIR/host1.yaml"
  capture_start move host2 eth0 udp
  two_hosts capture --config "$LAB_DIR/host1.yaml" >/dev/null
}

# Between namespaces several datagrams would pass as one, which no tool can take apart again.
as_on_a_wire() { # HOST IF
  lab_exec "$1" ethtool -K "$2" tx-udp-segmentation off gro off >/dev/null 2>&1 || true
}

# Takes the uplink away under a ping, with what both hosts tell before and after.
move() {
  local deadline=$((SECONDS + MOVE_SECONDS))
  ask before
  lab_spawn ping@host1 ping -n -q -i "$PING_INTERVAL" -c "$PINGS" "$HOST2"
  sleep "$BEFORE_SECONDS"
  lab_link_down host1 eth0
  wait "${LAB_PID[ping]}" || true
  unset 'LAB_PID[ping]'
  until ask event && [[ ${TOLD[host1 event]} != null && ${TOLD[host2 event]} != null ]] || ((SECONDS >= deadline)); do
    sleep 0.3
  done
  ask after
  capture_stop move
}

declare -A TOLD # HOST before|after|event -> object of the admin interface

# Asks both hosts at once: before and after for their direct connection, event for its newest migration.
ask() { # before|after|event
  local host query='[.connections[] | select(.kind == "direct")] | max_by(.start_time)' command=connections asking=()
  if [[ $1 == event ]]; then
    command=migrations
    # shellcheck disable=SC2016 # jq's variable
    query='[(.migrations? // .)[] | select(.connection_id == $id)] | first'
  fi
  for host in host1 host2; do
    node_cli "$host" "$command" --json >"$LAB_DIR/$host.json" &
    asking+=($!)
  done
  for host in "${asking[@]}"; do
    wait "$host"
  done
  for host in host1 host2; do
    TOLD[$host $1]=$(jq -c --arg id "$(told 'host1 before' connection_id)" "$query" "$LAB_DIR/$host.json")
  done
}

# A value that a host told of the connection or its event.
told() { # "HOST before|after|event" KEY
  jq -r --arg key "$2" '.[$key]? // "none"' <<<"${TOLD[$1]-null}"
}

# ---- what the capture says ---------------------------------------------------------------------------

# dissected WITH FILTER FIELD...: a line for each packet between the two hosts that matches.
dissected() { # keys|nothing
  local field options=(-d "udp.port==$PORT,quic")
  [[ $1 == nothing ]] || options+=(-o "tls.keylog_file:$KEYS")
  for field in "${@:3}"; do
    options+=(-e "$field")
  done
  tshark -n -r "$LAB_DIR/capture/move.pcap" "${options[@]}" -T fields -E occurrence=a \
    -Y "($FAMILY.addr == $FIRST || $FAMILY.addr == $SECOND) && ($2)" 2>/dev/null
}

# The ids to which short-header packets of the connection were sent one way, each once.
sent_to() { # SOURCE DESTINATION
  awk -F '\t' -v number="$NUMBER" -v source="$1" -v destination="$2" '
    $1 == source && $2 == destination && $3 == number && $5 == "" {
    n = split($4, ids, ",")
    for (i = 1; i <= n; i++) if (!(ids[i] in seen)) { seen[ids[i]]; print ids[i] } }' "$LAB_DIR/packets"
}

# How many packets of the connection an address sent and got.
packets_of() { # ADDRESS
  awk -F '\t' -v number="$NUMBER" -v address="$1" '($1 == address || $2 == address) && $3 == number { count++ }
    END { print count + 0 }' "$LAB_DIR/packets"
}

# ---- rows --------------------------------------------------------------------------------------------

row() { # WHAT SEEN CONDITION...
  local verdict=ok
  "${@:3}" || { verdict=FAILED; FAILED=1; }
  printf '%s\t%s\t%s\n' "$1" "$2" "$verdict" >>"$LAB_DIR/rows"
}

brief() { # of ids, one a line
  cut -c "1-$SHOWN_DIGITS" | paste -sd ' '
}

what_the_nodes_say() {
  local host before after
  for host in host1 host2; do
    before=$(told "$host before" connection_id) after=$(told "$host after" connection_id)
    row "API of $host: connection, before and after" "${before:0:SHOWN_DIGITS} ${after:0:SHOWN_DIGITS}" \
      [ "$before $after" = "$ID $ID" ]
  done
  row 'API: roles of host1 and host2' "$(told 'host1 after' role) $(told 'host2 after' role)" \
    [ "$(told 'host1 after' role) $(told 'host2 after' role)" = 'client server' ]
  for host in host1 host2; do
    row "migrations of $host" \
      "$(told "$host event" old_addr) > $(told "$host event" new_addr), $(told "$host event" cause), validated: $(told "$host event" validated)" \
      moved "$host"
  done
}

moved() { # HOST
  [[ $(told "$1 event" validated) == true && $(told "$1 event" connection_id) == "$ID" ]] &&
    [[ $(address "$(told "$1 event" old_addr)") == "$FIRST" && $(address "$(told "$1 event" new_addr)") == "$SECOND" ]]
}

address() { # ADDRESS:PORT
  local host=${1%:*}
  host=${host#[}
  echo "${host%]}"
}

what_the_capture_says() {
  local chosen address packets way source destination before after
  dissected keys quic.connection.number "$FAMILY.src" "$FAMILY.dst" quic.connection.number quic.dcid quic.long.packet_type \
    >"$LAB_DIR/packets"
  dissected nothing "quic.long.packet_type == 2 && $FAMILY.src == $FAR" quic.scid quic.connection.number |
    sed -E 's/,[^\t]*//g' | sort -u >"$LAB_DIR/chosen"
  chosen=$(cut -f 1 "$LAB_DIR/chosen")
  NUMBER=$(awk -F '\t' -v id="$ID" '$1 == id { print $2; exit }' "$LAB_DIR/chosen")
  row 'capture: id that host2 chose in the handshake' "$(brief <<<"$chosen")" grep -qxF "$ID" <<<"$chosen"
  for address in "$FIRST" "$SECOND"; do
    packets=$(packets_of "$address")
    row "capture: packets of this connection at $address" "$packets (connection $NUMBER of tshark)" [ "$packets" -gt 0 ]
  done
  issued
  for way in to from; do
    [[ $way == to ]] && source=$FIRST destination=$FAR || source=$FAR destination=$FIRST
    before=$(sent_to "$source" "$destination")
    [[ $way == to ]] && source=$SECOND || destination=$SECOND
    after=$(sent_to "$source" "$destination")
    row "capture: destination ids $way host2, before and after" \
      "$(brief <<<"$before") | $(brief <<<"$after") $(same "$before" "$after")" of_the_connection "$before" "$after"
    jq -n --arg way "$way" --arg before "$before" --arg after "$after" '{$way, before: ($before | split("\n")), after: ($after | split("\n"))}' \
      >>"$LAB_DIR/destinations"
  done
}

# Every id that is the connection's: of the handshake, and of NEW_CONNECTION_ID frames.
issued() {
  {
    dissected nothing 'quic.long.packet_type == 2' quic.scid
    dissected keys quic.nci.sequence quic.nci.connection_id
  } | tr ', ' '\n' | sort -u >"$LAB_DIR/issued"
}

same() { # BEFORE AFTER
  [[ $1 == "$2" ]] && echo '(the same)' || echo '(another of its ids)'
}

of_the_connection() { # BEFORE AFTER
  [[ -n $1 && -n $2 ]] && ! grep -qvxFf "$LAB_DIR/issued" <<<"$1"$'\n'"$2"
}

what_the_key_log_shows() {
  local short='quic.header_form == 0 && !(quic.header_form == 1) && quic.connection.number' all with without frames
  dissected keys 'quic.path_challenge.data || quic.path_response.data' frame.number "$FAMILY.src" "$FAMILY.dst" \
    quic.path_challenge.data quic.path_response.data |
    awk -F '\t' -v OFS='\t' '{ print ($4 != "" ? "PATH_CHALLENGE" : "PATH_RESPONSE"), $1, $2, $3, $4 $5 }' >"$LAB_DIR/paths"
  for frames in PATH_CHALLENGE PATH_RESPONSE; do
    row "key log: $frames frames" "$(path_frames "$frames")" answered
  done
  all=$(dissected nothing "$short" frame.number | wc -l)
  with=$(dissected keys "$short && quic.frame_type" frame.number | wc -l)
  without=$(dissected nothing "$short && quic.frame_type" frame.number | wc -l)
  row 'with the key log: packets whose frames are read' "$with of $all" [ "$with" -gt 0 ]
  row 'without it' "$without of $all" [ "$without" -eq 0 ]
}

path_frames() { # TYPE
  awk -F '\t' -v type="$1" '$1 == type { count++; if (count == 1) first = $3 " > " $4 ", " $5 ", packet " $2 }
    END { print count + 0 (count ? ": first " first : "") }' "$LAB_DIR/paths"
}

# A challenge went to the new address, and its data came back from there.
answered() {
  awk -F '\t' -v new="$SECOND" -v far="$FAR" '
    $1 == "PATH_CHALLENGE" && $3 == far && $4 == new { asked[$5] }
    $1 == "PATH_RESPONSE" && $3 == new && $4 == far && $5 in asked { found = 1 }
    END { exit !found }' "$LAB_DIR/paths"
}

what_else_passed() {
  local all own sent received
  all=$(dissected nothing 'udp && !quic.connection.number' frame.number | wc -l)
  own=$(dissected nothing "udp && !quic.connection.number && udp.payload[0:9] == $OWN_PACKET" frame.number | wc -l)
  row "packets between the two of no connection; of the gate" "$all; $own" [ "$all" -eq "$own" ]
  read -r sent received < <(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' "$LAB_DIR/log/ping.log")
  row 'ping through the segment: sent, answered' "$sent, $received" [ "$sent $received" = "$PINGS $PINGS" ]
}

write_json() {
  jq -n --arg id "$ID" --rawfile rows "$LAB_DIR/rows" --slurpfile destinations "$LAB_DIR/destinations" \
    --rawfile paths "$LAB_DIR/paths" '
    def lines: split("\n") | map(select(. != "") | split("\t"));
    {connection_id: $id, rows: ($rows | lines | map({what: .[0], seen: .[1], ok: (.[2] == "ok")})),
     destination_ids: $destinations,
     path_frames: ($paths | lines | map({type: .[0], packet: (.[1] | tonumber), from: .[2], to: .[3], data: .[4]}))}' >"$json"
}

lab_start
lab_build
KEYS=$LAB_DIR/host1.keys
segment
until_true "$SETTLE_SECONDS" node_on host1 host2 direct || die "the session did not come to a direct connection"
move
if [[ -n $keep ]]; then
  mkdir -p "$keep"
  cp "$LAB_DIR/capture/move.pcap" "$KEYS" "$keep"
fi

ID=$(told 'host1 before' connection_id)
PORT=$(told 'host2 before' local_addr)
PORT=${PORT##*:}
FAMILY=ip FIRST=$(lab_ip host1) SECOND=$(lab_ip host1 eth1) FAR=$(lab_ip host2)
if [[ $(told 'host1 before' local_addr) == \[* ]]; then
  FAMILY=ipv6 FIRST=$(lab_ip6 host1) SECOND=$(lab_ip6 host1 eth1) FAR=$(lab_ip6 host2)
fi
what_the_nodes_say
what_the_capture_says
what_the_key_log_shows
what_else_passed
echo "connection $ID, host1 $FIRST, then $SECOND; host2 $FAR port $PORT"
table 'what\tseen\tresult' <"$LAB_DIR/rows"
[[ -z $json ]] || write_json
((FAILED == 0))

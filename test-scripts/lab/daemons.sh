# shellcheck shell=bash disable=SC2153,SC2034 # names come from lib.sh and are used by scripts
# daemons.sh: processes of a lab: nodes, relays, captures, anything that runs on. Part of lib.sh.
#
# A daemon is named NAME@HOST, or just NAME where both are the same. Its log is $LAB_DIR/log/NAME.log;
# a node's or relay's state is $LAB_DIR/state/NAME.

declare -gA LAB_PID=() # daemon -> pid
LAB_STATUS=0           # exit status of the daemon that lab_stop stopped last

# lab_spawn NAME@HOST COMMAND...: starts it in a session of its own, so that a key pressed in the
# terminal reaches the script only. NAME@ runs outside of all hosts.
lab_spawn() {
  local name=${1%@*} host=${1#*@} enter=()
  [[ -z ${LAB_PID[$name]-} ]] || die "'$name' runs already"
  : >"$LAB_DIR/log/$name.log" # exists before lab_await looks
  [[ -z $host ]] || enter=(ip netns exec "$LAB_ID-$host")
  setsid "${enter[@]}" "${@:2}" >"$LAB_DIR/log/$name.log" 2>&1 </dev/null &
  LAB_PID[$name]=$!
}

# lab_await NAME PATTERN [SECONDS]: until a line of its log matches; fails when it ends before or the
# time is over, and shows what it said last.
lab_await() {
  local log=$LAB_DIR/log/$1.log
  timeout "${3-$LAB_READY_SECONDS}" grep -qm 1 -E -- "$2" \
    < <(exec tail -n +1 -s 0.1 --pid="${LAB_PID[$1]}" -f "$log") &
  wait $! && return
  echo "$1 did not say '$2'; its last lines:" >&2
  tail -n 15 "$log" >&2
  return 1
}

# lab_stop NAME [SIGNAL] [SECONDS]: ends a daemon and waits until it is gone; one that does not go is
# killed, and that is a failure.
lab_stop() {
  local pid=${LAB_PID[$1]} result=0
  unset "LAB_PID[$1]"
  {
    kill -s "${2-TERM}" "$pid" || true
    if ! timeout "${3-$LAB_STOP_SECONDS}" tail --pid="$pid" -s 0.02 -f /dev/null; then
      kill -s KILL "$pid" || true
      result=1
    fi
    LAB_STATUS=0
    wait "$pid" || LAB_STATUS=$?
  } 2>/dev/null
  ((result == 0)) || echo "$1 did not end within ${3-$LAB_STOP_SECONDS} s of ${2-TERM}" >&2
  return "$result"
}

# ---- nodes and relays ------------------------------------------------------------------------------

# Lets the launchers build what they need: inside a namespace Maven reaches nothing.
lab_build() {
  "$LAB_ROOT/node/bin/quicmesh" --help >/dev/null
  "$LAB_ROOT/relay/bin/quicmesh-relay" --help >/dev/null
}

# node_cli NAME@HOST ARGUMENT...: the CLI of that node.
node_cli() {
  lab_exec "${1#*@}" env QUICMESH_HOME="$LAB_DIR/state/${1%@*}" "$LAB_ROOT/node/bin/quicmesh" "${@:2}"
}

# node_admin NAME@HOST PATH [JSON]: its admin interface without the CLI, whose JVM would disturb what is
# measured; curl would, too, and yields to the nodes. With JSON it is a change, of which the reason is
# printed when it is refused.
node_admin() {
  local options=(--fail)
  [[ -z ${3-} ]] || options=(--fail-with-body -H 'Content-Type: application/json' -d "$3")
  lab_exec "${1#*@}" nice -n 10 curl -sS --max-time 15 --unix-socket "$LAB_DIR/state/${1%@*}/admin.sock" \
    "${options[@]}" "http://localhost/api/$2"
}

# node_start NAME@HOST [ARGUMENT...]: `quicmesh up`, until it is ready.
node_start() {
  lab_spawn "$1" env QUICMESH_HOME="$LAB_DIR/state/${1%@*}" "$LAB_ROOT/node/bin/quicmesh" up "${@:2}"
  lab_await "${1%@*}" '^quicmesh: ready'
}

# node_admit REGISTRAR NAME@HOST [INVITE OPTION...]: invites a node into the registrar's network, and
# lets it join. The registrar runs.
node_admit() {
  local token
  token=$(node_cli "$1" invite "${2%@*}" "${@:3}")
  node_cli "$2" join - <<<"$token"
}

# answers HOST ADDRESS: whether an overlay address answers.
answers() {
  lab_exec "$1" ping -n -q -c 1 -W 0.5 "$2" >/dev/null
}

# node_await_ping HOST ADDRESS: until an overlay address answers, 30 s at most. (One ping with a long
# deadline would give up at the first answer of the kernel that the address is not known.)
node_await_ping() {
  until_true 30 answers "$1" "$2" || die "$2 does not answer $1"
}

# node_peer NODE PEER JQ-PATH: what a node knows of a peer.
node_peer() {
  node_admin "$1" peers | jq -r --arg peer "$2" ".peers[] | select(.name == \$peer) | $3"
}

# node_on NODE PEER direct|relay: whether their session is on that carrier, as the first one sees it.
node_on() {
  [[ $(node_peer "$1" "$2" .carrier) == "$3" ]]
}

# node_hand_over NODE PEER direct|relay[:ADDRESS] HOLD-MS: what is answered is in log/handovers.log.
node_hand_over() {
  node_admin "$1" handover "{\"peer\": \"$2\", \"target\": \"$3\", \"hold_ms\": $4}" \
    >>"$LAB_DIR/log/handovers.log" 2>&1
}

# node_settle NODE PEER direct|relay[:ADDRESS] HOLD-MS SECONDS: hands over until the session is there, if need be
# after the retries' backoff; fails when the time is over, and then the log's last line says why.
node_settle() {
  local deadline=$((SECONDS + $5))
  until node_hand_over "${@:1:4}" && node_on "$1" "$2" "${3%%:*}"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.5
  done
}

relay_cli() {
  lab_exec "${1#*@}" env QUICMESH_HOME="$LAB_DIR/state/${1%@*}" "$LAB_ROOT/relay/bin/quicmesh-relay" "${@:2}"
}

# relay_start NAME@HOST ARGUMENT...: `quicmesh-relay run` on all addresses, until it is ready. Who is
# allowed must be among the arguments (--allow-any). Its key stays over restarts.
relay_start() {
  local name=${1%@*}
  [[ -d $LAB_DIR/state/$name ]] || relay_cli "$1" init >/dev/null
  lab_spawn "$1" env QUICMESH_HOME="$LAB_DIR/state/$name" "$LAB_ROOT/relay/bin/quicmesh-relay" \
    run --listen "[::]:$LAB_RELAY_PORT" "${@:2}"
  lab_await "$name" '^quicmesh-relay: ready'
}

# The relay as `network create --relay` wants it.
relay_address() { # NAME@HOST [IF]
  echo "$(lab_ip "${1#*@}" "${2-eth0}"):$LAB_RELAY_PORT#$(relay_cli "$1" fingerprint)"
}

node_stop() {
  lab_stop "${1%@*}" "${@:2}"
}

relay_stop() {
  lab_stop "${1%@*}" "${@:2}"
}

# ---- captures --------------------------------------------------------------------------------------

# capture_start NAME HOST IF [FILTER...]: writes $LAB_DIR/capture/NAME.pcap from now on.
capture_start() {
  lab_spawn "capture-$1@$2" tcpdump -i "$3" -n -U --immediate-mode -Z root -w "$LAB_DIR/capture/$1.pcap" "${@:4}"
  lab_await "capture-$1" 'listening on' 10
}

# capture_stop NAME: when it has written what the kernel has for it; of that, a signal would lose some.
capture_stop() {
  local log=$LAB_DIR/log/capture-$1.log counts
  for _ in {1..100}; do
    kill -s USR1 "${LAB_PID[capture-$1]}" # it says its counts
    sleep 0.02
    counts=$(sed -nE 's/^.*\b([0-9]+) packets? captured, ([0-9]+) packets? received.*, ([0-9]+) packets? dropped.*/\1 + \3 == \2/p' \
      "$log" | tail -n 1)
    [[ -z $counts ]] || ! ((counts)) || break
  done
  lab_stop "capture-$1" INT
}

# capture_count NAME [DISPLAY FILTER]: packets in a capture that was stopped.
capture_count() {
  tshark -n -r "$LAB_DIR/capture/$1.pcap" ${2:+-Y "$2"} 2>/dev/null | wc -l
}

# shellcheck shell=bash disable=SC2153 # names come from lib.sh and bench.sh
# systems.sh: the systems that bench.sh compares, each a few functions. Sourced by bench.sh.
#
#   sys_NAME_prepare  once in a bench: keys and configuration (may be missing)
#   sys_NAME_start    starts it on hosts a and b, the listening side first where the other would wait
#                     seconds before it tried again; it may still be connecting afterwards
#   sys_NAME_settle   after the first reply: until it is on the way that is to be measured (may be missing)
#   sys_NAME_stop     ends it; a and b have no overlay afterwards
#   sys_NAME_pids     its processes, whose CPU time and memory count
#   sys_NAME_target   the address of b, seen from a (default: OVERLAY_B)
#
# Names have _ where the user writes -. Each is set up as its documentation advises for speed, with an
# overlay MTU of 1400 where it has no better default.

readonly OVERLAY_A=10.55.0.1 OVERLAY_B=10.55.0.2 OVERLAY_LEN=24 OVERLAY_MTU=1400 OVERLAY_TAP=tap0
readonly UNDERLAY_PORT=4700

# A TAP device for a daemon that attaches to one.
overlay_tap() { # HOST ADDRESS
  ip -n "$LAB_ID-$1" -batch - <<EOF
tuntap add dev $OVERLAY_TAP mode tap
link set $OVERLAY_TAP mtu $OVERLAY_MTU txqueuelen 1000 up
addr add $2/$OVERLAY_LEN dev $OVERLAY_TAP
EOF
}

overlay_taps() {
  overlay_tap a "$OVERLAY_A"
  overlay_tap b "$OVERLAY_B"
}

overlay_down() { # DAEMON...
  local name
  for name in "$@"; do
    [[ -z ${LAB_PID[$name]-} ]] || lab_stop "$name" || true
  done
  for name in a b; do
    ip -n "$LAB_ID-$name" link del "$OVERLAY_TAP" 2>/dev/null || true
  done
}

# ---- raw: the veth pair itself ---------------------------------------------------------------------

sys_raw_start() { :; }
sys_raw_stop() { :; }
sys_raw_pids() { :; }
sys_raw_target() { lab_ip b; }

# ---- quicmesh --------------------------------------------------------------------------------------
# One network with one relay for the three ways: direct, through the relay, and with plain TAPs (no
# offloads). The daemons start anew for each.

sys_quicmesh_prepare() {
  [[ ! -d $LAB_DIR/state/a ]] || return 0
  printf "direct:\n  enabled: false\n" >"$LAB_DIR/state/relay-only.yaml"
  printf "tap:\n  offloads: false\n" >"$LAB_DIR/state/plain.yaml"
  relay_start r --allow-any
  node_cli a network create bench --node a --subnet "${OVERLAY_A%.*}.0/$OVERLAY_LEN" --relay "$(relay_address r)" >/dev/null
  node_start a --tap "$OVERLAY_TAP"
  node_admit a b --address "$OVERLAY_B/$OVERLAY_LEN" >/dev/null
  node_stop a
}

quicmesh_spawn() { # UP OPTION...
  local host
  for host in a b; do
    lab_spawn "$host" env QUICMESH_HOME="$LAB_DIR/state/$host" "$LAB_ROOT/node/bin/quicmesh" \
      up --tap "$OVERLAY_TAP" "$@"
  done
}

# Until the session of a and b is on that carrier.
quicmesh_await() { # direct | relay
  until_true "$LAB_READY_SECONDS" node_on a b "$1" || die "a and b are not on the carrier '$1': $(node_cli a why b || true)"
}

quicmesh_pids() {
  echo "${LAB_PID[a]} ${LAB_PID[b]}"
}

sys_quicmesh_direct_prepare() { sys_quicmesh_prepare; }
sys_quicmesh_direct_start() { quicmesh_spawn; }
sys_quicmesh_direct_settle() { quicmesh_await direct; }
sys_quicmesh_direct_stop() { overlay_down a b; }
sys_quicmesh_direct_pids() { quicmesh_pids; }

sys_quicmesh_relay_prepare() { sys_quicmesh_prepare; }
sys_quicmesh_relay_start() { quicmesh_spawn --config "$LAB_DIR/state/relay-only.yaml"; }
sys_quicmesh_relay_settle() { quicmesh_await relay; }
sys_quicmesh_relay_stop() { overlay_down a b; }
sys_quicmesh_relay_pids() { echo "$(quicmesh_pids) ${LAB_PID[r]}"; }

sys_quicmesh_plain_prepare() { sys_quicmesh_prepare; }
sys_quicmesh_plain_start() { quicmesh_spawn --config "$LAB_DIR/state/plain.yaml"; }
sys_quicmesh_plain_settle() { quicmesh_await direct; }
sys_quicmesh_plain_stop() { overlay_down a b; }
sys_quicmesh_plain_pids() { quicmesh_pids; }

# ---- tinc 1.0 in switch mode -----------------------------------------------------------------------

sys_tinc_prepare() {
  local host dir
  for host in a b; do
    dir=$LAB_DIR/state/tinc-$host
    mkdir -p "$dir/hosts"
    cat >"$dir/tinc.conf" <<EOF
Name = $host
Mode = switch
DeviceType = tap
Interface = $OVERLAY_TAP
AddressFamily = ipv4
ProcessPriority = normal
$([[ $host == b ]] || echo 'ConnectTo = b')
EOF
    printf '%s\n' 'Cipher = aes-128-cbc' 'Digest = sha1' 'Compression = 0' "Port = $UNDERLAY_PORT" \
      >"$dir/hosts/$host"
    tincd -c "$dir" -K2048 </dev/null >/dev/null 2>&1
  done
  echo "Address = $(lab_ip b)" >>"$LAB_DIR/state/tinc-b/hosts/b"
  cp "$LAB_DIR/state/tinc-b/hosts/b" "$LAB_DIR/state/tinc-a/hosts/"
  cp "$LAB_DIR/state/tinc-a/hosts/a" "$LAB_DIR/state/tinc-b/hosts/"
}

tinc_spawn() { # HOST
  lab_spawn "tinc-$1@$1" tincd -c "$LAB_DIR/state/tinc-$1" -D --pidfile="$LAB_DIR/state/tinc-$1/pid"
}

sys_tinc_start() {
  overlay_taps
  tinc_spawn b
  lab_await tinc-b '^Ready'
  tinc_spawn a
}

sys_tinc_stop() { overlay_down tinc-a tinc-b; }
sys_tinc_pids() { echo "${LAB_PID[tinc-a]} ${LAB_PID[tinc-b]}"; }

# ---- OpenVPN, dev tap ------------------------------------------------------------------------------

sys_openvpn_prepare() {
  local host dir=$LAB_DIR/state/openvpn
  mkdir -p "$dir"
  for host in a b; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$host" \
      -keyout "$dir/$host.key" -out "$dir/$host.crt" 2>/dev/null
  done
}

openvpn_spawn() { # HOST PEER OPTION...
  local dir=$LAB_DIR/state/openvpn fingerprint
  fingerprint=$(openssl x509 -in "$dir/$2.crt" -noout -fingerprint -sha256)
  lab_spawn "openvpn-$1@$1" openvpn --dev "$OVERLAY_TAP" --dev-type tap --proto udp4 --port "$UNDERLAY_PORT" \
    --cert "$dir/$1.crt" --key "$dir/$1.key" --peer-fingerprint "${fingerprint#*=}" --dh none \
    --data-ciphers AES-256-GCM --cipher AES-256-GCM --tun-mtu "$OVERLAY_MTU" --mssfix 0 --fast-io \
    --sndbuf 1048576 --rcvbuf 1048576 --ping 10 --ping-restart 60 "${@:3}"
}

sys_openvpn_start() {
  overlay_taps
  openvpn_spawn b a --tls-server
  lab_await openvpn-b 'link local .bound.'
  openvpn_spawn a b --tls-client --remote "$(lab_ip b)"
}

sys_openvpn_stop() { overlay_down openvpn-a openvpn-b; }
sys_openvpn_pids() { echo "${LAB_PID[openvpn-a]} ${LAB_PID[openvpn-b]}"; }

# ---- n2n: the supernode only introduces, as quicmesh's relay does ------------------------------------

sys_n2n_start() {
  local host address
  overlay_taps
  lab_spawn n2n-super@r supernode -l "$UNDERLAY_PORT"
  lab_await n2n-super 'ready: listening'
  for host in a b; do
    address=OVERLAY_${host^}
    lab_spawn "n2n-$host@$host" edge -d "$OVERLAY_TAP" -a "${!address}" -s 255.255.255.0 -M "$OVERLAY_MTU" \
      -m "02:00:00:00:00:0$host" -c bench -k benchkey -l "$(lab_ip r):$UNDERLAY_PORT" -r
  done
}

sys_n2n_stop() { overlay_down n2n-a n2n-b n2n-super; }
sys_n2n_pids() { echo "${LAB_PID[n2n-a]} ${LAB_PID[n2n-b]}"; }

# ---- fastd -----------------------------------------------------------------------------------------

sys_fastd_prepare() {
  local host peer dir=$LAB_DIR/state/fastd
  mkdir -p "$dir"
  for host in a b; do
    fastd --machine-readable --generate-key >"$dir/$host.secret"
    echo "secret \"$(<"$dir/$host.secret")\";" >"$dir/$host.conf"
    fastd --machine-readable --show-key -c "$dir/$host.conf" >"$dir/$host.public"
  done
  for host in a b; do
    peer=$([[ $host == a ]] && echo b || echo a)
    cat >"$dir/$host.conf" <<EOF
mode tap;
interface "$OVERLAY_TAP";
method "salsa2012+umac";
mtu $OVERLAY_MTU;
bind $(lab_ip "$host"):$UNDERLAY_PORT;
secret "$(<"$dir/$host.secret")";
peer "$peer" { key "$(<"$dir/$peer.public")"; $([[ $host == b ]] || echo "remote $(lab_ip b):$UNDERLAY_PORT;") }
EOF
  done
}

fastd_spawn() { # HOST
  lab_spawn "fastd-$1@$1" fastd --config "$LAB_DIR/state/fastd/$1.conf"
}

sys_fastd_start() {
  overlay_taps
  fastd_spawn b
  lab_await fastd-b 'bound to'
  fastd_spawn a
}

sys_fastd_stop() { overlay_down fastd-a fastd-b; }
sys_fastd_pids() { echo "${LAB_PID[fastd-a]} ${LAB_PID[fastd-b]}"; }

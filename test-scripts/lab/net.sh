# shellcheck shell=bash disable=SC2153 # names come from lib.sh
# net.sh: the underlay: hosts, routers, segments, links, and what happens to links. Part of lib.sh.
#
# A place to which hosts attach is the public core (lab_internet), a router's inside (lab_router) or
# a segment (lab_segment: a bridge and nothing else). Every link is a veth pair; IPv6 addresses are
# usable at once (no duplicate address detection). Names have at most 15 characters.

declare -gA LAB_KIND=()   # name -> host | inet | router | segment
declare -gA LAB_NET=()    # router or segment -> its number K
declare -gA LAB_COUNT=()  # counters: what was given away
declare -gA LAB_IP4=()    # host/interface -> address
declare -gA LAB_IP6=()
declare -gA LAB_FAR=()    # host/interface -> "name interface" at the other end of the link
declare -gA LAB_ROUTES=() # host/interface -> lines for `ip -batch` that bring addresses and routes back

# lab_host NAME: a namespace with its loopback up.
lab_host() {
  local ns=$LAB_ID-$1
  ((${#1} <= 15)) || die "lab name '$1' is longer than 15 characters"
  ip netns add "$ns"
  # shellcheck disable=SC2016 # expanded by that shell
  ip netns exec "$ns" sh -c '
    ip link set lo up
    cd /proc/sys/net
    echo 0 >ipv4/conf/all/rp_filter; echo 0 >ipv4/conf/default/rp_filter
    echo 0 >ipv6/conf/all/accept_dad; echo 0 >ipv6/conf/default/accept_dad
    echo 0 >ipv6/conf/default/accept_ra; echo 1 >ipv6/conf/default/keep_addr_on_down
    [ ! -d bridge ] || for f in bridge/bridge-nf-call-*; do echo 0 >$f; done'
  LAB_KIND[$1]=host
}

# lab_internet: the public core. Each public host has a link of its own to it.
lab_internet() {
  lab_host "$LAB_INET"
  lab_forwarding "$LAB_INET"
  ip -n "$LAB_ID-$LAB_INET" addr add "$LAB_GATEWAY4/32" dev lo
  LAB_KIND[$LAB_INET]=inet
}

# lab_public NAME...: hosts with a link to the public core.
lab_public() {
  local host
  for host in "$@"; do
    lab_host "$host"
    lab_attach "$host" "$LAB_INET"
  done
}

# lab_segment NAME: an Ethernet segment without a router.
lab_segment() {
  lab_host "$1"
  lab_add_bridge "$1"
  LAB_KIND[$1]=segment
  lab_number "$1" segments
}

# lab_router NAME KIND [--behind PLACE] [--carrier] [NAT OPTION...]
#   KIND      one of nat.sh: none, full-cone, address-restricted, port-restricted, symmetric, ...
#   --behind  what its outside attaches to, the public core if not given (CGNAT in series: a router)
#   --carrier gives its inside the addresses of a carrier's NAT (100.64.K.0/24)
#   the options of lab_nat (nat.sh) follow, e.g. --hairpin
lab_router() {
  local name=$1 kind=$2 behind=$LAB_INET base=$LAB_HOME4 k
  shift 2
  while (($#)); do
    case $1 in
      --behind) behind=$2; shift ;;
      --carrier) base=$LAB_CARRIER4 ;;
      *) break ;;
    esac
    shift
  done
  lab_host "$name"
  lab_forwarding "$name"
  lab_attach "$name" "$behind" --if wan
  lab_add_bridge "$name"
  lab_number "$name" routers
  LAB_KIND[$name]=router
  k=${LAB_NET[$name]}
  LAB_IP4[$name/br0]=$base.$k.1
  LAB_IP6[$name/br0]=$LAB_HOME6:1$(printf %03x "$k")::1
  ip -n "$LAB_ID-$name" -batch - <<EOF
addr add ${LAB_IP4[$name/br0]}/24 dev br0
addr add ${LAB_IP6[$name/br0]}/64 dev br0 nodad
addr add $LAB_GATEWAY6/64 dev br0 nodad
EOF
  lab_route_inside "$name" "$kind"
  lab_nat "$name" "$kind" "$@"
}

# lab_attach HOST PLACE [--if eth0] [--mtu 1500] [--metric 100]
# A second uplink is a second call with another --if and a higher --metric.
lab_attach() {
  local host=$1 place=$2 if=eth0 mtu=1500 metric=100 port
  shift 2
  while (($#)); do
    case $1 in
      --if) if=$2 ;;
      --mtu) mtu=$2 ;;
      --metric) metric=$2 ;;
      *) die "lab_attach: unknown option '$1'" ;;
    esac
    shift 2
  done
  lab_count ports
  port=p${LAB_COUNT[ports]}
  lab_veth "$host" "$if" "$place" "$port" "$mtu"
  case ${LAB_KIND[$place]-} in
    inet) lab_attach_inet "$host" "$if" "$port" "$metric" ;;
    router) lab_attach_inside "$host" "$if" "$place" "$port" "$metric" ;;
    segment) lab_attach_segment "$host" "$if" "$place" "$port" ;;
    *) die "lab_attach: '$place' is no place" ;;
  esac
}

# lab_link A B [MTU] [IF-A] [IF-B]: a veth pair between two hosts, the shortest way there is.
lab_link() {
  local a=$1 b=$2 mtu=${3-1500} if_a=${4-eth0} if_b=${5-${4-eth0}} k
  lab_count links
  k=${LAB_COUNT[links]}
  lab_veth "$a" "$if_a" "$b" "$if_b" "$mtu"
  lab_addresses "$a" "$if_a" "$LAB_LINK4.$k.1/24" "$LAB_LINK6:$k::1/64"
  lab_addresses "$b" "$if_b" "$LAB_LINK4.$k.2/24" "$LAB_LINK6:$k::2/64"
}

# The address of a host's interface (eth0 if none is named).
lab_ip() {
  echo "${LAB_IP4[$1/${2-eth0}]}"
}

lab_ip6() {
  echo "${LAB_IP6[$1/${2-eth0}]}"
}

# ---- what happens to links (HOST IF, eth0 if none is named) ----------------------------------------

# Administratively down and up: the host itself knows at once.
lab_link_down() {
  ip -n "$LAB_ID-$1" link set "${2-eth0}" down
}

lab_link_up() {
  lab_bring_up "$1" "${2-eth0}"
}

# Loss of carrier, as by a pulled cable: addresses and routes stay on the host.
lab_carrier_down() {
  if [[ -n ${LAB_END[$1/${2-eth0}]-} ]]; then
    emulator_do carrier "${LAB_END[$1/${2-eth0}]}" off
    return
  fi
  local far
  read -ra far <<<"${LAB_FAR[$1/${2-eth0}]}"
  ip -n "$LAB_ID-${far[0]}" link set "${far[1]}" down
}

lab_carrier_up() {
  if [[ -n ${LAB_END[$1/${2-eth0}]-} ]]; then
    emulator_do carrier "${LAB_END[$1/${2-eth0}]}" on
    return
  fi
  local far
  read -ra far <<<"${LAB_FAR[$1/${2-eth0}]}"
  lab_bring_up "${far[0]}" "${far[1]}"
}

# lab_silence HOST IF [out|in|both]: packets vanish on the link and nobody is told.
lab_silence() {
  local far way=${3-both}
  read -ra far <<<"${LAB_FAR[$1/$2]}"
  [[ $way == in ]] || lab_drop_ingress "${far[0]}" "${far[1]}"
  [[ $way == out ]] || lab_drop_ingress "$1" "$2"
}

lab_unsilence() {
  local far
  read -ra far <<<"${LAB_FAR[$1/$2]}"
  lab_pass_ingress "${far[0]}" "${far[1]}"
  lab_pass_ingress "$1" "$2"
}

# lab_new_address HOST [IF]: the host gets another address in the same place, and then loses the old one.
lab_new_address() {
  local host=$1 if=${2-eth0} far metric old4=${LAB_IP4[$1/${2-eth0}]} old6=${LAB_IP6[$1/${2-eth0}]}
  read -ra far <<<"${LAB_FAR[$host/$if]}"
  metric=$(sed -nE 's/^route replace default .* metric ([0-9]+)$/\1/p' <<<"${LAB_ROUTES[$host/$if]}" | head -n 1)
  case ${LAB_KIND[${far[0]}]} in
    inet) lab_attach_inet "$host" "$if" "${far[1]}" "$metric" ;;
    router) lab_attach_inside "$host" "$if" "${far[0]}" "${far[1]}" "$metric" ;;
    segment) lab_attach_segment "$host" "$if" "${far[0]}" "${far[1]}" ;;
    *) die "lab_new_address: $host/$if is on a link" ;;
  esac
  ip -n "$LAB_ID-$host" -batch - <<BATCH
addr del $old4/$(lab_prefix "$host" "$if" 4) dev $if
addr del $old6/$(lab_prefix "$host" "$if" 6) dev $if
BATCH
  if [[ ${LAB_KIND[${far[0]}]} == inet ]]; then
    ip -n "$LAB_ID-${far[0]}" route del "$old4/32" dev "${far[1]}"
    ip -n "$LAB_ID-${far[0]}" -6 route del "$old6/128" dev "${far[1]}"
  fi
}

# The length of the prefix of a host's address.
lab_prefix() { # HOST IF 4|6
  local lines
  mapfile -t lines < <(sed -nE 's#^addr replace [^/]*/([0-9]+) .*#\1#p' <<<"${LAB_ROUTES[$1/$2]}")
  [[ $3 == 4 ]] && echo "${lines[0]}" || echo "${lines[1]}"
}

# lab_between FROM TO ACTION [IF]: what the core does with UDP that one host sends, from this interface, to the
# other one's eth0, e.g. drop. What is said of both ways or several times adds up.
lab_between() {
  lab_exec "$LAB_INET" nft -f - <<RULES
table inet between {
  chain forward {
    type filter hook forward priority 0
    ip saddr $(lab_ip "$1" "${4-eth0}") ip daddr $(lab_ip "$2") meta l4proto udp $3
    ip6 saddr $(lab_ip6 "$1" "${4-eth0}") ip6 daddr $(lab_ip6 "$2") meta l4proto udp $3
  }
}
RULES
}

# The core lets everything pass again.
lab_between_free() {
  lab_exec "$LAB_INET" nft delete table inet between
}

# lab_mtu HOST IF MTU: both ends of the link.
lab_mtu() {
  local far
  read -ra far <<<"${LAB_FAR[$1/$2]}"
  ip -n "$LAB_ID-$1" link set "$2" mtu "$3"
  ip -n "$LAB_ID-${far[0]}" link set "${far[1]}" mtu "$3"
}

# lab_rate HOST IF RATE: what the host sends there, e.g. 100mbit; queue of 50 ms.
lab_rate() {
  ip netns exec "$LAB_ID-$1" tc qdisc replace dev "$2" root tbf rate "$3" burst 64kb latency 50ms
}

# lab_hide_mtu ROUTER: it no longer says that a packet was too big.
lab_hide_mtu() {
  ip netns exec "$LAB_ID-$1" nft -f - <<'EOF'
table inet hide_mtu {
  chain out {
    type filter hook output priority 0
    icmp type destination-unreachable drop
    icmpv6 type packet-too-big drop
  }
}
EOF
}

# ---- inside ----------------------------------------------------------------------------------------

lab_count() {
  LAB_COUNT[$1]=$((${LAB_COUNT[$1]-0} + 1))
}

lab_number() { # NAME COUNTER
  lab_count "$2"
  LAB_NET[$1]=${LAB_COUNT[$2]}
}

lab_forwarding() {
  ip netns exec "$LAB_ID-$1" sh -c 'cd /proc/sys/net
    echo 1 >ipv4/ip_forward; echo 1 >ipv6/conf/all/forwarding; echo 0 >ipv4/conf/all/send_redirects'
}

lab_add_bridge() {
  ip -n "$LAB_ID-$1" link add br0 type bridge mcast_snooping 0 forward_delay 0
  ip -n "$LAB_ID-$1" link set br0 up
}

lab_veth() { # A IF-A B IF-B MTU
  if [[ -n ${LAB_EMULATED-} ]]; then
    lab_tap_pair "$@"
    return
  fi
  ip link add "$2" mtu "$5" netns "$LAB_ID-$1" type veth peer name "$4" mtu "$5" netns "$LAB_ID-$3"
  ip -n "$LAB_ID-$1" link set "$2" up
  ip -n "$LAB_ID-$3" link set "$4" up
  LAB_FAR[$1/$2]="$3 $4"
  LAB_FAR[$3/$4]="$1 $2"
}

# Sets addresses and routes of an interface, and remembers them for when it comes up again.
lab_addresses() { # HOST IF ADDRESS4/LEN ADDRESS6/LEN [ROUTE LINE...]
  local host=$1 if=$2
  LAB_IP4[$host/$if]=${3%/*}
  LAB_IP6[$host/$if]=${4%/*}
  LAB_ROUTES[$host/$if]=$(printf '%s\n' "addr replace $3 dev $if" "addr replace $4 dev $if nodad" "${@:5}")
  lab_replay "$host" "$if"
}

lab_replay() {
  ip -n "$LAB_ID-$1" -batch - <<<"${LAB_ROUTES[$1/$2]}"
}

lab_bring_up() {
  ip -n "$LAB_ID-$1" link set "$2" up
  [[ -z ${LAB_ROUTES[$1/$2]-} ]] || lab_replay "$1" "$2"
}

# Public addresses are single ones: the core routes each to its link, so that any of them can be
# anywhere and every link can have its own MTU.
lab_attach_inet() { # HOST IF PORT METRIC
  local n ip4 ip6
  lab_count public
  n=$((LAB_COUNT[public] - 1))
  ((n / 240 < ${#LAB_PUBLIC4[@]})) || die "no public address is left"
  ip4=${LAB_PUBLIC4[n / 240]}.$((n % 240 + 10))
  ip6=$LAB_PUBLIC6$(printf %x $((n + 16)))
  LAB_ROUTES[$LAB_INET/$3]="addr replace $LAB_GATEWAY6/64 dev $3 nodad
route replace $ip4/32 dev $3
route replace $ip6/128 dev $3"
  lab_replay "$LAB_INET" "$3"
  lab_addresses "$1" "$2" "$ip4/32" "$ip6/128" \
    "route replace default via $LAB_GATEWAY4 dev $2 onlink metric $4" \
    "route replace default via $LAB_GATEWAY6 dev $2 metric $4"
}

lab_attach_inside() { # HOST IF ROUTER PORT METRIC
  local router=$3 gateway=${LAB_IP4[$3/br0]} net6=${LAB_IP6[$3/br0]%1} n
  ip -n "$LAB_ID-$router" link set "$4" master br0
  lab_count "hosts.$router"
  n=$((${LAB_COUNT[hosts.$router]} + 9))
  lab_addresses "$1" "$2" "${gateway%.1}.$n/24" "$net6$(printf %x "$n")/64" \
    "route replace default via $gateway dev $2 metric $5" \
    "route replace default via $LAB_GATEWAY6 dev $2 metric $5"
}

lab_attach_segment() { # HOST IF SEGMENT PORT
  local k=${LAB_NET[$3]} n
  ip -n "$LAB_ID-$3" link set "$4" master br0
  lab_count "hosts.$3"
  n=$((${LAB_COUNT[hosts.$3]} + 9))
  lab_addresses "$1" "$2" "$LAB_SEGMENT4.$k.$n/24" "$LAB_SEGMENT6:$k::$(printf %x "$n")/64"
}

# The way to a router's inside: IPv6 is never translated, IPv4 of a router without NAT is not either.
# Routers between it and the core learn it too.
lab_route_inside() { # ROUTER KIND
  local at=$1 kind=$2 place port routes
  local net4=${LAB_IP4[$1/br0]%.1}.0/24 net6=${LAB_IP6[$1/br0]%1}/64
  while [[ ${LAB_KIND[$at]} != inet ]]; do
    read -r place port <<<"${LAB_FAR[$at/wan]}"
    [[ ${LAB_KIND[$place]} == inet ]] || port=br0
    routes="route replace $net6 via ${LAB_IP6[$at/wan]} dev $port onlink"
    [[ $kind != none ]] || routes+="
route replace $net4 via ${LAB_IP4[$at/wan]} dev $port onlink"
    LAB_ROUTES[$place/$port]+="
$routes"
    ip -n "$LAB_ID-$place" -batch - <<<"$routes"
    at=$place
  done
}
lab_drop_ingress() { # NAME IF
  ip netns exec "$LAB_ID-$1" nft -f - <<EOF
table netdev silence_$2 {
  chain in {
    type filter hook ingress device "$2" priority 0
    drop
  }
}
EOF
}

lab_pass_ingress() { # NAME IF
  ip netns exec "$LAB_ID-$1" nft "add table netdev silence_$2; delete table netdev silence_$2"
}

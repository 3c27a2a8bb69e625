# shellcheck shell=bash
# nat.sh: what a router does with UDP between its inside (br0) and its outside (wan). Part of lib.sh.
#
#   kind                 mapping of an inside endpoint      who outside may send to the mapping
#   none                 no NAT                             anybody
#   full-cone            one, whatever the destination      anybody
#   address-restricted   one                                hosts that it has sent to, from any port
#   port-restricted      one                                endpoints that it has sent to
#   linux                one while no ports clash           endpoints that it has sent to
#   symmetric            another for each destination       that destination
#   udp-blocked          no UDP at all; TCP as usual
#
# The kernel's own masquerade (linux) is none of the cones: it keeps a port where it can and takes another
# where the flow's addresses clash, which depends on what else came by. So the cones keep explicit
# maps, both ways: what the kernel chose for an endpoint's first packet is written down after the
# translation and used for all that follow. A first port that another inside host already occupies
# is replaced by one from LAB_NAT_PORTS. Nothing unasked is ever confirmed as a flow: a flow to a
# port that is in use would make the kernel choose another port for the answer.
# nat-probe.sh shows that each kind is what it says.

readonly LAB_NAT_PORTS=20000-60000
readonly LAB_NAT_UDP_SECONDS=120 # how long a mapping is kept without packets
LAB_NAT_PAUSE_MS=0 # how long the last lab_nat_anew took
declare -gA LAB_NAT=() # router -> its arguments, for lab_nat_rebind

# lab_nat ROUTER KIND [--hairpin] [--ports keep|random] [--udp-timeout SECONDS]
#   --hairpin  inside hosts reach each other by their outside endpoints (cones only)
#   --ports    whether a mapping's first choice is the inside port (cones only; default keep)
lab_nat() {
  local timeout
  LAB_NAT[$1]=${*:2}
  lab_nat_rules "$@" | ip netns exec "$LAB_ID-$1" nft -f -
  timeout=$(sed -nE 's/^.*--udp-timeout ([0-9]+).*$/\1/p' <<<"${*:2}")
  [[ $2 == none ]] || ip netns exec "$LAB_ID-$1" sh -c "cd /proc/sys/net/netfilter
    echo ${timeout:-$LAB_NAT_UDP_SECONDS} >nf_conntrack_udp_timeout
    echo ${timeout:-$LAB_NAT_UDP_SECONDS} >nf_conntrack_udp_timeout_stream"
}

# The router forgets all mappings, as after a reboot or an expiry.
lab_nat_forget() {
  lab_nat_anew "$1"
}

# NAT rebinding: the router forgets all mappings and the next ones have other ports.
lab_nat_rebind() {
  lab_nat_anew "$1" --ports random
}

# Nothing passes for LAB_NAT_PAUSE_MS then: a packet of an old flow would bring its mapping back.
lab_nat_anew() { # ROUTER [NAT OPTION...]
  local arguments
  read -ra arguments <<<"${LAB_NAT[$1]}"
  lab_nat_rules "$1" "${arguments[@]}" "${@:2}" >"$LAB_DIR/nat-rules"
  # shellcheck disable=SC2016,SC2034 # expanded by that shell; scripts use the name
  LAB_NAT_PAUSE_MS=$(nice -n -20 ip netns exec "$LAB_ID-$1" bash -c '
    from=$EPOCHREALTIME
    nft "add table inet pause; add chain inet pause forward { type filter hook forward priority -400; policy drop; }"
    conntrack -F 2>/dev/null
    nft -f "$1"
    echo $(((${EPOCHREALTIME/./} - ${from/./} + 999) / 1000))' bash "$LAB_DIR/nat-rules")
}

lab_nat_rules() { # as lab_nat
  local kind=$2 hairpin=no ports=keep timeout=$LAB_NAT_UDP_SECONDS wan=${LAB_IP4[$1/wan]}
  shift 2
  while (($#)); do
    case $1 in
      --hairpin) hairpin=yes ;;
      --ports) ports=$2; shift ;;
      --udp-timeout) timeout=$2; shift ;;
      *) die "lab_nat: unknown option '$1'" ;;
    esac
    shift
  done
  echo 'flush ruleset'
  case $kind in
    none) ;;
    full-cone | address-restricted | port-restricted)
      lab_nat_cone "$wan" "$kind" "$hairpin" "$ports" "$timeout"
      lab_nat_firewall
      ;;
    symmetric)
      lab_nat_masquerade fully-random
      lab_nat_firewall
      ;;
    linux) lab_nat_masquerade; lab_nat_firewall ;;
    udp-blocked)
      lab_nat_masquerade
      lab_nat_firewall 'meta l4proto udp drop'
      ;;
    *) die "lab_nat: unknown kind '$kind'" ;;
  esac
}

lab_nat_cone() { # WAN-ADDRESS KIND HAIRPIN PORTS TIMEOUT
  local map4="flags dynamic, timeout; timeout ${5}s; size 65535" other first='' into='' back=''
  other="snat to $1:$LAB_NAT_PORTS fully-random"
  first='udp sport @taken'
  [[ $4 == keep ]] || first=''
  [[ $2 == port-restricted ]] || into="iifname wan ip daddr $1 meta l4proto udp dnat ip to udp dport map @inside"
  if [[ $3 == yes ]]; then
    into+="
    iifname br0 ip daddr $1 meta l4proto udp dnat ip to udp dport map @inside"
    back="iifname br0 oifname br0 meta l4proto udp ct status dnat snat ip to $1 : ip saddr . udp sport map @outside"
  fi
  cat <<EOF
table ip nat {
  map outside { type ipv4_addr . inet_service : inet_service; $map4; }
  map inside { type inet_service : ipv4_addr . inet_service; $map4; }
  set taken { type inet_service; $map4; }
  set asked { type ipv4_addr . inet_service . ipv4_addr; $map4; }

  chain prerouting {
    type nat hook prerouting priority dstnat
    $into
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    $back
    oifname wan meta l4proto udp snat ip to $1 : ip saddr . udp sport map @outside
    oifname wan meta l4proto udp $first $other
    oifname wan masquerade
  }
  chain learn {
    type filter hook postrouting priority srcnat + 10
    oifname != wan accept
    update @taken { udp sport }
    meta l4proto udp ct direction original update @outside { ct original ip saddr . ct original proto-src : udp sport } update @inside { udp sport : ct original ip saddr . ct original proto-src } update @asked { ct original ip saddr . ct original proto-src . ip daddr }
    meta l4proto udp ct direction reply update @outside { ct reply ip saddr . ct reply proto-src : udp sport } update @inside { udp sport : ct reply ip saddr . ct reply proto-src } update @asked { ct reply ip saddr . ct reply proto-src . ip daddr }
  }
  chain filter {
    type filter hook forward priority 0
    iifname != wan accept
    ct state established, related accept
EOF
  case $2 in
    full-cone) echo '    ct status dnat accept' ;;
    address-restricted) echo '    ip daddr . udp dport . ip saddr @asked accept' ;;
  esac
  printf '    drop\n  }\n}\n'
}

lab_nat_masquerade() { # [FLAG]
  cat <<EOF
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname wan masquerade ${1-}
  }
  chain filter {
    type filter hook forward priority 0
    iifname wan ct state != { established, related } drop
  }
}
EOF
}

# The router's own side of all kinds with NAT, and the IPv6 firewall of a home router.
lab_nat_firewall() { # [FORWARD RULE]
  cat <<EOF
table inet firewall {
  chain input {
    type filter hook input priority 0
    iifname wan meta l4proto udp ct state != { established, related } drop
  }
  chain forward {
    type filter hook forward priority 10
    ${1-}
    meta nfproto ipv6 iifname wan meta l4proto != ipv6-icmp ct state != { established, related } drop
  }
}
EOF
}

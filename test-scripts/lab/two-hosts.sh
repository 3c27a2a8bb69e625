# shellcheck shell=bash disable=SC2153,SC2034 # names come from lib.sh and are used by scripts
# two-hosts.sh: a relay and two hosts that share a network, with which most labs begin. To be sourced after
# lib.sh.
#
#   lab_internet; lab_public relay host1 host2
#   two_hosts NETWORK
#
# Labs with another underlay, or with other relays, take the two steps of it by themselves.

readonly SUBNET=10.66.0.0/24 HOST1=10.66.0.1 HOST2=10.66.0.2 HOST3=10.66.0.3 HOST4=10.66.0.4
readonly FRAME_BYTES=200 FLOWS=8

# two_hosts NETWORK [UP OPTION...]: starts the relay, and has host1 and host2 join; the options are host1's.
# All three are hosts already. As the steps below, it prints what the commands say.
two_hosts() {
  relay_start relay --allow-any
  network_create host1 "$1" "$(relay_address relay)"
  join_both host1 host2 "${@:2}"
}

# network_create NODE NETWORK RELAY-ADDRESS...: a network whose registrar is this node.
network_create() {
  local address relays=()
  for address in "${@:3}"; do
    relays+=(--relay "$address")
  done
  node_cli "$1" network create "$2" --node "$1" --subnet "$SUBNET" "${relays[@]}"
}

# join_both REGISTRAR OTHER [UP OPTION...]: starts both, the registrar with these options, until the other one
# answers at HOST2.
join_both() {
  node_start "$1" "${@:3}"
  node_admit "$1" "$2" --address "$HOST2/24"
  node_start "$2"
  node_await_ping "$1" "$HOST2"
}

# probe_both NODE NODE RATE: numbered frames both ways on several flows, so many a second, until `probe_stop probe`.
probe_both() {
  probe_start probe "$1:qm0" "$2:qm0" --rate "$3" --size "$FRAME_BYTES" --flows "$FLOWS" --both-ways
}

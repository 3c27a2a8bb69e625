#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# why-lab.sh: whether `why` and `status` say what the lab has done to the network.
#
# A relay and two hosts. One row for each thing that is done, with the sentence that the node says of
# its peer and the one about itself.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'USAGE'
usage: why-lab.sh [--json FILE]
exit: 0 every sentence is the right one, 1 one is not, 2 usage
USAGE
}

readonly SUBNET=10.66.0.0/24 HOST2=10.66.0.2
readonly SAID_SECONDS=60 # from what is done to what is said

json=''
while (($#)); do
  case $1 in
    --json) json=${2-}; shift || true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

FAILED=0

segment() {
  local host
  lab_internet
  lab_host relay
  lab_attach relay "$LAB_INET"
  for host in host1 host2; do
    lab_host "$host"
    lab_attach "$host" "$LAB_INET"
  done
  relay_start relay --allow-any
  node_cli host1 network create why --node host1 --subnet "$SUBNET" --relay "$(relay_address relay)" >/dev/null
  node_start host1
  node_admit host1 host2 --address "$HOST2/24" >/dev/null
  node_start host2
  node_await_ping host1 "$HOST2"
}

# The UDP of the hosts to each other, in the core: RULE is what happens to it.
between() { # RULE
  lab_exec "$LAB_INET" nft -f - <<RULES
table inet between {
  chain forward {
    type filter hook forward priority 0
    ip saddr $(lab_ip host1) ip daddr $(lab_ip host2) meta l4proto udp $1
    ip saddr $(lab_ip host2) ip daddr $(lab_ip host1) meta l4proto udp $1
    ip6 saddr $(lab_ip6 host1) ip6 daddr $(lab_ip6 host2) meta l4proto udp $1
    ip6 saddr $(lab_ip6 host2) ip6 daddr $(lab_ip6 host1) meta l4proto udp $1
  }
}
RULES
}

free_between() {
  lab_exec "$LAB_INET" nft delete table inet between
}

# row WHAT PATTERN [HEALTHY]: until `why` says the pattern.
row() {
  local deadline=$((SECONDS + SAID_SECONDS)) said='' status verdict=ok
  while :; do
    said=$(node_cli host1 why host2 --json 2>&1 | jq -r '"\(.carrier): \(.decision | split("; ")[0])"' 2>/dev/null) ||
      said=$(node_cli host1 why host2 2>&1) || true
    if [[ $said =~ $2 ]]; then break; fi
    if ((SECONDS >= deadline)); then
      verdict=FAILED
      FAILED=1
      break
    fi
    sleep 0.5
  done
  status=$(node_cli host1 status | head -n 1)
  jq -nc --arg what "$1" --arg verdict "$verdict" --arg why "$said" --arg status "$status" '{$what, $verdict, $why, $status}' >>"$LAB_DIR/rows"
  printf '%s: %s\n  why:    %s\n  status: %s\n' "$1" "$verdict" "$said" "$status"
}

lab_require_root
lab_build
lab_start
segment
row 'direct' '^direct.*preferred'
between 'counter drop'
row 'UDP is blocked between the hosts' '^relay.*not answered'
free_between
row 'direct again' '^direct'
between 'numgen random mod 100 < 15 counter drop'
row 'direct is lossy' '^relay.*(measurably worse|weakness)'
free_between
node_stop host2
row 'the peer is offline' 'offline'
lab_stop relay KILL
row 'the relay is down' 'relay .* is (down|connecting)'
[[ -z $json ]] || jq -s '{rows: .}' "$LAB_DIR/rows" >"$json"
((FAILED == 0))

#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# why-lab.sh: whether `why` and `status` say what the lab has done to the network.
#
# A relay and two hosts. One row for each thing that is done, with the sentence that the node says of
# its peer and the one about itself.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/two-hosts.sh
. "$LAB_LIB/two-hosts.sh"

usage() {
  cat <<'USAGE'
usage: why-lab.sh [--json FILE]
exit: 0 every sentence is the right one, 1 one is not, 2 usage
USAGE
}

readonly SAID_SECONDS=60 # from what is done to what is said

json=''
options json= -- "$@"

segment() {
  lab_internet
  lab_public relay host1 host2
  two_hosts why >/dev/null
}

between() { # ACTION
  lab_between host1 host2 "$1"
  lab_between host2 host1 "$1"
}

# row WHAT PATTERN: until `why` says the pattern.
row() {
  local status verdict=ok
  until_true "$SAID_SECONDS" says "$2" || verdict=FAILED
  status=$(node_cli host1 status | head -n 1)
  jq -nc --arg what "$1" --arg verdict "$verdict" --arg why "$SAID" --arg status "$status" '{$what, $verdict, $why, $status}' >>"$LAB_DIR/rows"
  printf '%s: %s\n  why:    %s\n  status: %s\n' "$1" "$verdict" "$SAID" "$status"
}

says() { # PATTERN: leaves in SAID what was said
  SAID=$(node_cli host1 why host2 --json 2>&1 | jq -r '"\(.carrier): \(.decision | split("; ")[0])"' 2>/dev/null) ||
    SAID=$(node_cli host1 why host2 2>&1) || true
  [[ $SAID =~ $1 ]]
}

lab_start
lab_build
segment
row 'direct' '^direct.*preferred'
between drop
row 'UDP is blocked between the hosts' '^relay.*not answered'
lab_between_free
row 'direct again' '^direct'
between 'numgen random mod 100 < 15 drop'
row 'direct is lossy' '^relay.*(measurably worse|weakness)'
lab_between_free
node_stop host2
row 'the peer is offline' 'offline'
lab_stop relay KILL
row 'the relay is down' 'relay .* is (down|connecting)'
[[ -z $json ]] || jq -s '{rows: .}' "$LAB_DIR/rows" >"$json"
jq -se 'all(.verdict == "ok")' "$LAB_DIR/rows" >/dev/null

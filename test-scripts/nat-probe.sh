#!/usr/bin/env bash
# nat-probe.sh: shows that the lab's routers do what their kinds say.
#
# Behind a router of each kind stand two hosts that use the same port. Each asks a server with two
# addresses and two ports (NatProbe) how it is mapped and who may answer. The second host begins with
# an endpoint that the first has not used, where the kernel alone would give both the same port: so
# its row shows whether a cone stays one where ports clash. ("linux" is the kernel alone, and is none.)
# Prints a table of what was seen, beside what was expected where they differ, and fails if any do.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'EOF'
usage: nat-probe.sh [KIND...]
  KIND  the names of the table's first column (as a bash pattern); all of them when none is named
exit: 0 every kind is what it says, 1 one is not, 2 usage
EOF
}

case ${1-} in
  -h | --help) usage; exit 0 ;;
  -*) usage >&2; exit 2 ;;
esac

readonly LOCAL_PORT=5000 SERVER_PORTS=(3478 3479)
declare -rA ORDER=([first]=012 [second]=3012)

# name | router, from the outside to the inside | expected of the first host | of the second
# expected: mapping, answer from the same endpoint, other port, other address, port kept, hairpin
readonly KINDS='
none               | none                         | independent yes yes yes yes yes | independent yes yes yes yes yes
full-cone          | full-cone                    | independent yes yes yes yes no  | independent yes yes yes no no
full-cone-hairpin  | full-cone --hairpin          | independent yes yes yes yes yes | independent yes yes yes no yes
addr-restricted    | address-restricted           | independent yes yes no yes no   | independent yes yes no no no
port-restricted    | port-restricted              | independent yes no no yes no    | independent yes no no no no
port-restr-hairpin | port-restricted --hairpin    | independent yes no no yes yes   | independent yes no no no yes
port-restr-random  | port-restricted --ports random | independent yes no no no no   | independent yes no no no no
linux              | linux                        | independent yes no no yes no    | dependent yes no no no no
symmetric          | symmetric                    | dependent yes no no no no       | dependent yes no no no no
cgnat-cone         | full-cone --ports random + port-restricted | independent yes no no no no | independent yes no no no no
cgnat-symmetric    | symmetric + port-restricted  | dependent yes no no no no       | dependent yes no no no no
udp-blocked        | udp-blocked                  | none no no no no no             | none no no no no no
'

wanted() {
  local pattern
  ((${#PATTERNS[@]})) || return 0
  for pattern in "${PATTERNS[@]}"; do
    # shellcheck disable=SC2053 # a pattern
    [[ $1 == $pattern ]] && return 0
  done
  return 1
}

# Builds the routers of one kind, one behind the other, and two hosts inside; sets INSIDE.
build() {
  local n=$1 routers=$2 outer inner
  INSIDE=router$n
  if [[ $routers == *+* ]]; then
    read -ra outer <<<"${routers%+*}"
    read -ra inner <<<"${routers#*+}"
    lab_router "carrier$n" "${outer[0]}" --carrier "${outer[@]:1}"
    lab_router "$INSIDE" "${inner[0]}" --behind "carrier$n" "${inner[@]:1}"
  else
    read -ra inner <<<"$routers"
    lab_router "$INSIDE" "${inner[@]}"
  fi
  lab_host "first$n"
  lab_attach "first$n" "$INSIDE"
  lab_host "second$n"
  lab_attach "second$n" "$INSIDE"
}

probe() { # HOST ORDER
  lab_exec "$1" "${JAVA[@]}" probe "${SERVER[@]}" "$LOCAL_PORT" "$2"
}

PATTERNS=("$@")
lab_start
lab_internet
lab_host server
lab_attach server "$LAB_INET"
lab_attach server "$LAB_INET" --if eth1 --metric 200
SERVER=("$(lab_ip server)" "$(lab_ip server eth1)" "${SERVER_PORTS[@]}")
javac -d "$LAB_DIR/classes" "$LAB_SCRIPTS/src/main/java/io/quicmesh/lab/NatProbe.java"
JAVA=(java -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$LAB_DIR/classes" io.quicmesh.lab.NatProbe)
lab_spawn server "${JAVA[@]}" serve "${SERVER[@]}"
lab_await server '^nat-probe: ready'

n=0
result=0
rows=$'kind\thost\tmapping\tsame\tother port\tother host\tport kept\thairpin\tverdict'
while IFS="|" read -r name routers first second; do
  name=${name//[[:space:]]/}
  if [[ -z $name ]] || ! wanted "$name"; then
    continue
  fi
  n=$((n + 1))
  build "$n" "$routers"
  for host in first second; do
    read -ra expected <<<"$([[ $host == first ]] && echo "$first" || echo "$second")"
    seen=$(probe "$host$n" "${ORDER[$host]}")
    verdict=ok
    if [[ $seen != "$(IFS=$'\t'; echo "${expected[*]}")" ]]; then
      verdict="expected ${expected[*]}"
      result=1
    fi
    rows+=$'\n'"$name"$'\t'"$host"$'\t'"$seen"$'\t'"$verdict"
  done
done <<<"$KINDS"
((n)) || die "no such kind: ${PATTERNS[*]}"
table <<<"$rows"
exit "$result"

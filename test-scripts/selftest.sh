#!/usr/bin/env bash
# selftest.sh: tests the lab library itself.
#
# Builds its topologies and uses every event on links, checks NAT kinds with the probe, runs labs side
# by side, and interrupts labs at random moments (INT to the process group as from a terminal, TERM,
# HUP, PIPE, two signals in a row, KILL and then reap.sh) to show that nothing stays behind: no namespace, no
# process, no interface, no file.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"

usage() {
  cat <<'EOF'
usage: selftest.sh [--rounds N] [--seed N] [--quick]
  --rounds N  interruptions (default 12)
  --seed N    of the moments and signals (default: random; printed)
  --quick     fewer NAT kinds and 6 interruptions
exit: 0 all held, 1 something did not, 2 usage
EOF
}

readonly VICTIM_PREFIX=${LAB_PREFIX}v$$ # labs that are interrupted have a prefix of their own
readonly SIGNALS=(INT TERM HUP PIPE TERM+INT KILL KILL)
readonly EARLIEST_MILLIS=100 LATEST_MILLIS=1600 # a victim builds for about a second

topologies() {
  lab_internet
  lab_host relay
  lab_attach relay "$LAB_INET"
  lab_host alice
  lab_attach alice "$LAB_INET"
  lab_attach alice "$LAB_INET" --if eth1 --metric 200
  lab_host bob
  lab_router home full-cone
  lab_attach bob home
  lab_router carrier symmetric --carrier
  lab_router flat none --behind carrier
  lab_host carol
  lab_attach carol flat --mtu 1280
  lab_segment office
  lab_host dave
  lab_attach dave office
  lab_host erin
  lab_attach erin office
  lab_host frank
  lab_link frank erin 1500 link0
  local pair
  for pair in alice:relay bob:relay carol:relay dave:erin frank:erin/link0; do
    assert_ping "${pair%:*}" "${LAB_IP4[$(interface "${pair#*:}")]}"
    assert_ping "${pair%:*}" "${LAB_IP6[$(interface "${pair#*:}")]}"
  done
  assert_no_ping relay "$(lab_ip bob)"
}

interface() {
  [[ $1 == */* ]] && echo "$1" || echo "$1/eth0"
}

link_events() {
  local relay old
  relay=$(lab_ip relay)
  lab_link_down alice
  assert_ping alice "$relay" # through eth1
  lab_link_up alice
  assert_ping relay "$(lab_ip alice)"
  assert_ping relay "$(lab_ip6 alice)"

  lab_carrier_down alice
  assert_match "route without carrier" 'dev eth0' "$(lab_exec alice ip route get "$relay")"
  assert_no_ping alice "$relay"
  lab_carrier_up alice
  assert_ping alice "$relay"
  assert_ping relay "$(lab_ip6 alice)"

  local way
  for way in in out both; do
    lab_silence alice eth0 "$way"
    assert_no_ping alice "$relay"
    lab_unsilence alice eth0
    assert_ping alice "$relay"
  done

  old=$(lab_ip alice)
  lab_new_address alice
  assert_ping relay "$(lab_ip alice)"
  assert_ping relay "$(lab_ip6 alice)"
  assert_no_ping relay "$old"

  assert_ping alice "$relay" -M 'do' -s 1472
  lab_mtu alice eth0 1280
  assert_fails "1500 bytes on a link of 1280" lab_exec alice ping -c 1 -W 1 -M 'do' -s 1472 "$relay"
  assert_match "the core says that 1500 is too big" 'mtu = 1280|mtu=1280' \
    "$(lab_exec relay ping -c 1 -W 1 -M 'do' -s 1472 "$(lab_ip alice)" || true)"
  lab_hide_mtu "$LAB_INET"
  lab_exec relay ip route flush cache
  assert_eq "and then no longer" '' \
    "$(lab_exec relay ping -c 1 -W 0.3 -M 'do' -s 1472 "$(lab_ip alice)" | grep mtu || true)"
  lab_rate alice eth0 10mbit
  assert_match "shaped" 'rate 10Mbit' "$(lab_exec alice tc qdisc show dev eth0)"
}

nat() {
  local kinds=()
  [[ -z $quick ]] || kinds=(full-cone port-restricted symmetric)
  "$LAB_SCRIPTS/nat-probe.sh" "${kinds[@]}"

  local before
  before=$(mapped_port)
  assert_eq "port of a mapping" 5000 "$before"
  lab_nat_forget home
  assert_eq "port after the router forgot" 5000 "$(mapped_port)"
  lab_nat_rebind home
  assert_match "port after a rebinding" '^[2-6][0-9]{4}$' "$(mapped_port)"
}

# The outside port of bob's port 5000.
mapped_port() {
  lab_exec bob socat -u - "UDP4-SENDTO:$(lab_ip relay):9,sourceport=5000" <<<x
  lab_exec home conntrack -L -p udp --orig-port-src 5000 2>/dev/null | sed -nE 's/.* dport=([0-9]+) mark.*/\1/p'
}

daemons() {
  lab_spawn good@alice sh -c 'echo starting; echo ready; exec sleep 1000'
  lab_await good '^ready' 5
  lab_stop good
  assert_eq "status of a stopped daemon" 143 "$LAB_STATUS"
  lab_spawn stubborn@alice sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'
  lab_await stubborn '^ready' 5
  ! lab_stop stubborn TERM 0.3 2>/dev/null || die "FAILED: a daemon that ignores TERM passed as stopped"
  lab_spawn dead@alice sh -c 'echo no; exit 3'
  ! lab_await dead '^ready' 5 2>/dev/null || die "FAILED: a daemon that ended passed as ready"
  lab_spawn silent@alice sleep 1000
  ! lab_await silent '^ready' 0.3 2>/dev/null || die "FAILED: a silent daemon passed as ready"
  capture_start pings relay eth0 icmp
  assert_ping bob "$(lab_ip relay)"
  capture_stop pings
  assert_eq "captured requests and replies" 2 "$(capture_count pings icmp)"
}

reports() {
  assert_eq "table" $'name    n\n---------\nalpha   1\nb      22' "$(printf 'name\tn\nalpha\t1\nb\t22\n' | table)"
  assert_eq "table and head" $'name   n\n--------\nalpha  1' "$(printf 'alpha\t1\n' | table 'name\tn')"
  assert_eq "p50" 50 "$(seq 100 | percentile 50)"
  assert_eq "p99" 99 "$(seq 100 | percentile 99)"
  assert_number "calc" "$(calc 3 '10 / 3')" == 3.333
  assert_fails "a bound that does not hold" bash -c ". '$LAB_LIB/lib.sh'; assert_number x 2 '<=' 1.5"
}

# ---- interruptions ---------------------------------------------------------------------------------

# What a victim does: a lab of some size with daemons, over and over, until it is interrupted.
victim() {
  lab_start
  lab_internet
  local n
  for n in 1 2 3 4 5 6; do
    lab_router "r$n" port-restricted
    lab_host "h$n"
    lab_attach "h$n" "r$n"
    lab_spawn "d$n@h$n" sh -c "$([[ $n != 6 ]] || echo "trap '' TERM INT;") echo ready; while :; do sleep 1; done"
    lab_await "d$n" '^ready' 5
    lab_exec "h$n" ping -c 1 "$LAB_GATEWAY4" >/dev/null
    socat -u OPEN:/dev/null,ignoreeof - & # a child outside of every namespace
  done
  lab_run h1 sleep 1000
}

start_victim() {
  set -m # or bash would make it ignore INT
  QUICMESH_LAB_PREFIX=$VICTIM_PREFIX "$LAB_SCRIPTS/selftest.sh" --victim >/dev/null 2>"$LAB_DIR/log/victim.log" &
  set +m
  VICTIM=$!
}

# What is left of labs with the victims' prefix, and interfaces that were not there before.
leftovers() {
  ip netns list 2>/dev/null | grep "^$VICTIM_PREFIX-" || true
  (unset QUICMESH_LAB; grep -lazsE "^QUICMESH_LAB=$VICTIM_PREFIX-" /proc/[0-9]*/environ) || true
  find "$LAB_TMP" -maxdepth 1 -name "$VICTIM_PREFIX-*"
  comm -13 <(echo "$INTERFACES") <(interfaces)
}

interfaces() {
  ip -o link | cut -d: -f2 | sort
}

# Waits for the victim. One that goes on is asked once more, as by somebody who presses a key again; one
# that goes on then is killed, so that what it leaves is seen.
end_victim() {
  local signal
  for signal in TERM KILL; do
    timeout 20 tail --pid="$VICTIM" -s 0.05 -f /dev/null && break
    kill -s "$signal" "$VICTIM"
  done
  wait "$VICTIM"
}

interrupt() { # ROUND
  local signal=${SIGNALS[RANDOM % ${#SIGNALS[@]}]} left there
  local millis=$((EARLIEST_MILLIS + RANDOM % (LATEST_MILLIS - EARLIEST_MILLIS)))
  start_victim
  sleep "$(calc 3 "$millis / 1000")"
  there=$(leftovers | wc -l)
  {
    case $signal in
      INT) kill -INT -- "-$VICTIM" ;; # as a terminal does
      TERM+INT) kill -TERM "$VICTIM"; sleep 0.05; kill -INT -- "-$VICTIM" ;;
      *) kill -s "$signal" "$VICTIM" ;;
    esac
    end_victim
  } 2>/dev/null || true
  [[ $signal != KILL ]] || QUICMESH_LAB_PREFIX=$VICTIM_PREFIX "$LAB_LIB/reap.sh"
  left=$(leftovers)
  assert_eq "what stays of a lab that got $signal after $millis ms (seed $seed, round $1)" '' "$left"
  INTERRUPTIONS+=$'\n'"$1"$'\t'"$signal"$'\t'"$millis"$'\t'"$there"$'\t0'
}

interruptions() {
  local round
  INTERRUPTIONS=$'round\tsignal\tafter, ms\tthings there\tleft'
  for ((round = 1; round <= rounds; round++)); do
    interrupt "$round"
  done
  table <<<"$INTERRUPTIONS"
}

# A lab that is kept outlives its script and a reap, until it is reaped on purpose.
kept() {
  QUICMESH_LAB_PREFIX=$VICTIM_PREFIX bash -euc ". '$LAB_LIB/lib.sh'; lab_start; lab_host h; lab_spawn d@h sleep 1000; lab_keep"
  QUICMESH_LAB_PREFIX=$VICTIM_PREFIX "$LAB_LIB/reap.sh"
  assert_eq "namespaces, processes and directories of a kept lab" 3 "$(leftovers | wc -l)"
  QUICMESH_LAB_PREFIX=$VICTIM_PREFIX "$LAB_LIB/reap.sh" --kept >/dev/null
  assert_eq "what stays of a kept lab" "" "$(leftovers)"
}

# A lab that starts and ends beside this one leaves this one alone, and so does a reap.
side_by_side() {
  start_victim
  "$LAB_LIB/reap.sh"
  assert_ping alice "$(lab_ip relay)"
  { kill -TERM "$VICTIM"; wait "$VICTIM"; } 2>/dev/null || true
  assert_ping alice "$(lab_ip relay)"
}

if [[ ${1-} == --victim ]]; then
  victim
  exit
fi
rounds='' seed=$RANDOM quick=''
options rounds= seed= quick -- "$@"
[[ -n $rounds ]] || { [[ -n $quick ]] && rounds=6 || rounds=12; }
RANDOM=$seed
lab_start
INTERFACES=$(interfaces)
echo "selftest.sh: seed $seed"
for part in topologies link_events nat daemons reports side_by_side kept interruptions; do
  "$part"
  echo "selftest.sh: $part ok"
done
echo "selftest.sh: $LAB_CHECKS checks held"

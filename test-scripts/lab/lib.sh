# shellcheck shell=bash disable=SC2034 # the parts and the scripts use the names
# lib.sh: the lab, a small internet of network namespaces on one machine. To be sourced.
#
#   . "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
#   lab_start
#   lab_internet;  lab_host relay;  lab_attach relay inet
#   lab_router home port-restricted; lab_host alice; lab_attach alice home
#   lab_exec alice ping -c 1 "$(lab_ip relay)"
#
# Every lab has an id of its own, PREFIX-PID-START, made of the pid and the start time of the script
# that owns it. The id begins the name of each of its namespaces and of its temporary directory, and
# stands in the environment of each process that it starts (QUICMESH_LAB). So labs run side by side,
# clean-up finds all that is theirs however they were interrupted, and lab_reap can tell leftovers of
# a killed script from labs at work. All interfaces live inside namespaces of the lab.
#
# The parts: net.sh (hosts, links, routers, events on links), nat.sh (what the routers do),
# daemons.sh (nodes, relays, captures), emulator.sh (links with faults, prober), load.sh (what runs beside
# the prober), report.sh (assertions, tables), options.sh (arguments of scripts).

LAB_LIB=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
LAB_SCRIPTS=$(dirname "$LAB_LIB")
LAB_ROOT=$(dirname "$LAB_SCRIPTS")
LAB_SCRIPT=${0##*/}
readonly LAB_LIB LAB_SCRIPTS LAB_ROOT LAB_SCRIPT
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# ---- names and addresses of every lab, all here ---------------------------------------------------
readonly LAB_PREFIX=${QUICMESH_LAB_PREFIX:-qmlab}  # begins the name of everything a lab makes
readonly LAB_TMP=${TMPDIR:-/tmp}
readonly LAB_INET=inet                             # the public core: a router that knows every public host
readonly LAB_PUBLIC4=(203.0.113 198.51.100 192.0.2) # hosts .10 and up, 240 in each
readonly LAB_PUBLIC6=2001:db8:0:1::                # hosts ::10 and up
readonly LAB_GATEWAY4=203.0.113.1                  # the core, as every public host sees it
readonly LAB_GATEWAY6=fe80::1                      # the next hop on every IPv6 link
readonly LAB_HOME4=192.168                         # network K: .K.0/24, router .1, hosts .10 and up
readonly LAB_CARRIER4=100.64                       # the same behind a carrier's NAT
readonly LAB_HOME6=2001:db8                        # network K: :1KKK::/64
readonly LAB_SEGMENT4=10.97                        # segment K: .K.0/24, hosts .10 and up
readonly LAB_SEGMENT6=fd00:97                      # segment K: :K::/64
readonly LAB_LINK4=10.98                           # link K: .K.1 and .K.2
readonly LAB_LINK6=fd00:98                         # link K: :K::1 and :K::2
readonly LAB_RELAY_PORT=4433
readonly LAB_STOP_SECONDS=5                        # from TERM to KILL
readonly LAB_READY_SECONDS=60                      # a cold JVM on a busy machine
# ---------------------------------------------------------------------------------------------------

LAB_ID=''  # set by lab_start
LAB_DIR='' # temporary directory: log/, state/, capture/

# shellcheck source=net.sh
. "$LAB_LIB/net.sh"
# shellcheck source=nat.sh
. "$LAB_LIB/nat.sh"
# shellcheck source=daemons.sh
. "$LAB_LIB/daemons.sh"
# shellcheck source=emulator.sh
. "$LAB_LIB/emulator.sh"
# shellcheck source=load.sh
. "$LAB_LIB/load.sh"
# shellcheck source=report.sh
. "$LAB_LIB/report.sh"
# shellcheck source=options.sh
. "$LAB_LIB/options.sh"

# Says how far the script is; what it has found goes to standard output.
say() {
  echo "$LAB_SCRIPT: $*" >&2
}

# Says one line and ends the script, which cleans up.
die() {
  say "$*"
  exit 1
}

# until_true SECONDS COMMAND...: tries it again and again; fails when the time is over.
until_true() {
  local deadline=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

lab_require_root() {
  ((EUID == 0)) || die "needs root for network namespaces; mend: run it as root"
}

# Begins a lab: traps first, so that there is no moment at which something could be left behind.
lab_start() {
  lab_require_root
  "$LAB_SCRIPTS/check-tools.sh" lab || exit 1
  LAB_ID=$LAB_PREFIX-$$-$(lab_start_time $$)
  trap lab_on_exit EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
  lab_reap
  LAB_DIR=$(mktemp -d "$LAB_TMP/$LAB_ID.XXXXXX")
  mkdir "$LAB_DIR"/{log,state,capture}
  chmod 700 "$LAB_DIR/state"
  export QUICMESH_LAB=$LAB_ID
}

# Runs a command in a host's namespace, in the foreground. Use lab_run for what takes longer than a
# second: bash acts on a signal only when its foreground command has ended.
lab_exec() {
  ip netns exec "$LAB_ID-$1" "${@:2}"
}

# Like lab_exec, but a signal to the script ends the wait at once. Not inside $(...): send what the
# command prints to a file.
lab_run() {
  ip netns exec "$LAB_ID-$1" "${@:2}" <&0 &
  wait $!
}

# Leaves the lab as it is when the script ends, until lab_reap_kept. Its daemons must be told apart
# from those of dead labs, hence the mark in its directory.
lab_keep() {
  touch "$LAB_DIR/keep"
}

# Adds a command to be run at the end of the script, before the lab is removed.
lab_at_exit() {
  LAB_AT_EXIT+=("$1")
}
LAB_AT_EXIT=()

lab_on_exit() {
  local status=$? command
  trap '' HUP INT PIPE TERM
  trap - EXIT
  set +e
  for command in "${LAB_AT_EXIT[@]}"; do
    "$command"
  done
  [[ -n ${QUICMESH_LAB_LOGS-} && -d $LAB_DIR/log ]] && cp -r "$LAB_DIR/log/." "$QUICMESH_LAB_LOGS/"
  [[ -n $LAB_DIR && -e $LAB_DIR/keep ]] || lab_remove "$LAB_ID"
  exit "$status"
}

# Removes all that a lab made: processes first, because a namespace lives as long as one is in it.
lab_remove() {
  local name
  lab_kill "$1"
  for name in $(lab_namespaces "$1"); do
    ip netns del "$name" 2>/dev/null
  done
  rm -rf -- "$LAB_TMP/$1".??????
}

# Removes what is left of labs whose script was killed. Labs that are kept on purpose stay.
lab_reap() {
  local id
  for id in $(lab_ids); do
    lab_alive "$id" || lab_kept "$id" || lab_remove "$id" || true
  done
}

# Removes the labs that lab_keep left, and prints their ids.
lab_reap_kept() {
  local id
  for id in $(lab_ids); do
    if lab_kept "$id" && ! lab_alive "$id"; then
      lab_remove "$id" || true
      echo "$id"
    fi
  done
}

# The ids of all labs of this prefix that own a namespace or a directory.
lab_ids() {
  { ip netns list; ls "$LAB_TMP"; } 2>/dev/null | sed -nE "s/^($LAB_PREFIX-[0-9]+-[0-9]+)[-.].*/\1/p" | sort -u
}

lab_namespaces() {
  ip netns list 2>/dev/null | sed -nE "s/^($1-[^ ]+).*/\1/p"
}

# Whether the script that owns a lab still runs. A recycled pid has another start time.
lab_alive() {
  local pid=${1%-*}
  pid=${pid##*-}
  [[ $(lab_start_time "$pid") == "${1##*-}" ]]
}

lab_kept() {
  compgen -G "$LAB_TMP/$1.??????/keep" >/dev/null
}

# Start time of a process in clock ticks since boot; empty when there is none.
lab_start_time() {
  local stat fields
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  read -ra fields <<<"${stat##*) }"
  echo "${fields[19]}"
}

# All processes of a lab: those in its namespaces and those that carry its mark, for some do the one
# and not the other. The script itself is neither.
lab_pids() (
  unset QUICMESH_LAB
  {
    for name in $(lab_namespaces "$1"); do
      ip netns pids "$name" 2>/dev/null || true
    done
    grep -lzxsF "QUICMESH_LAB=$1" /proc/[0-9]*/environ | cut -d/ -f3 || true
  } | sort -un | grep -vx "$$" || true
)

lab_kill() {
  local signal pids deadline
  for signal in TERM KILL; do
    deadline=$((SECONDS + LAB_STOP_SECONDS))
    pids=$(lab_pids "$1")
    [[ -n $pids ]] || return 0
    # shellcheck disable=SC2086 # one pid a word
    kill -s "$signal" $pids 2>/dev/null || true
    # shellcheck disable=SC2086
    kill -s CONT $pids 2>/dev/null || true
    while [[ -n $(lab_pids "$1") ]] && ((SECONDS < deadline)); do
      sleep 0.05
    done
  done
}

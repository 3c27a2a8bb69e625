# shellcheck shell=bash disable=SC2153 # names come from lib.sh
# emulator.sh: links with the faults of real networks, and the prober. Part of lib.sh.
#
# The emulator makes the interfaces at both ends of its links; hosts use them as any other. It runs
# outside the hosts' namespaces, as a daemon of the lab: lab_stop NAME ends it.
#
#   emulator_start net "a=alice:up0,b=bob:up0" --set "a+b good-wifi"
#   emulator_do net set a-b loss=5%
#   probe alice:up0 bob:up0 --rate 10000 --seconds 5 --both-ways >report.json

# emulator_start NAME "A=HOST:IF,B=HOST:IF" [OPTION...]: one link, until it is ready; more links and
# settings as options (lab/tool emulator --help), their hosts written @HOST: --link "c=@carol:up0,..."
emulator_start() {
  local name=$1 link=$2
  shift 2
  [[ -z ${LAB_PID[$name]-} ]] || die "'$name' runs already"
  link=${link//=/=@}
  : >"$LAB_DIR/log/$name.log"
  setsid "$LAB_LIB/tool" emulator --control "$LAB_DIR/$name.sock" --link "${link//@/$LAB_ID-}" \
    "${@//@/$LAB_ID-}" >"$LAB_DIR/log/$name.log" 2>&1 </dev/null &
  LAB_PID[$name]=$!
  lab_await "$name" '^emulator: ready'
}

# emulator_do NAME COMMAND...: prints the answer unless it is "ok"; an error ends the script.
emulator_do() {
  local answer
  answer=$(socat -t 10 - "UNIX-CONNECT:$LAB_DIR/$1.sock" <<<"${*:2}")
  case $answer in
    ok) ;;
    error:* | '') die "emulator $1: ${*:2}: ${answer:-no answer}" ;;
    *) echo "$answer" ;;
  esac
}

# emulator_stat NAME PATH: one number of its counters, such as '.directions["a-b"].out'.
emulator_stat() {
  emulator_do "$1" stats | jq "$2"
}

# probe HOST:IF HOST:IF [OPTION...]: the prober between two interfaces; its report is JSON.
probe() {
  "$LAB_LIB/tool" prober --a "$LAB_ID-$1" --b "$LAB_ID-$2" --json "${@:3}"
}

# probe_start NAME HOST:IF HOST:IF [OPTION...]: the same as a daemon, until it sends; it ends by its
# --seconds or by probe_stop.
probe_start() {
  : >"$LAB_DIR/log/$1.log"
  setsid "$LAB_LIB/tool" prober --a "$LAB_ID-$2" --b "$LAB_ID-$3" --json="$LAB_DIR/$1.json" \
    "${@:4}" >"$LAB_DIR/log/$1.log" 2>&1 </dev/null &
  LAB_PID[$1]=$!
  lab_await "$1" '^prober: sending'
}

# probe_stop NAME: ends it, and prints its report when what is under way has arrived.
probe_stop() {
  lab_stop "$1" TERM 40
  cat "$LAB_DIR/$1.json"
}

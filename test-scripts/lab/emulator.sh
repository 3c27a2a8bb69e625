# shellcheck shell=bash disable=SC2153 # names come from lib.sh
# emulator.sh: links with the faults of real networks, and the prober. Part of lib.sh.
#
# With LAB_EMULATED set, links are made of TAP devices that the emulator joins, and not of veth pairs:
#
#   LAB_EMULATED=good-wifi lab_attach alice home
#   link_both alice eth0 set loss=5%
#   link_out alice eth0 cut
#   probe alice:qm0 bob:qm0 --rate 10000 --seconds 5 --both-ways >report.json
#
# Hosts use the interfaces as any other. One emulator, the daemon "emulator", runs all links of a lab,
# outside the hosts' namespaces. Its words and commands: lab/tool emulator --help. LAB_SEED is the seed
# of its chances.

declare -gA LAB_END=() # host/interface -> the emulator's name for it

# The first emulated link does this.
emulator_start() {
  lab_spawn emulator@ "$LAB_LIB/tool" emulator --control "$LAB_DIR/emulator.sock" --seed "${LAB_SEED-1}"
  lab_await emulator '^emulator: ready'
}

# emulator_do COMMAND...: prints the answer unless it is "ok"; an error ends the script.
emulator_do() {
  local answer
  answer=$(socat -t 10 - "UNIX-CONNECT:$LAB_DIR/emulator.sock" <<<"$*")
  case $answer in
    ok) ;;
    error:* | '') die "emulator: $*: ${answer:-no answer}" ;;
    *) echo "$answer" ;;
  esac
}

# A command for one link, named by HOST IF: for what the host sends, for what it receives, for both.
#   set WORD... | pause | resume | cut | mend
link_out() {
  emulator_do "$3" "${LAB_END[$1/$2]}-$(link_far "$1" "$2")" "${@:4}"
}

link_in() {
  emulator_do "$3" "$(link_far "$1" "$2")-${LAB_END[$1/$2]}" "${@:4}"
}

link_both() {
  emulator_do "$3" "${LAB_END[$1/$2]}+$(link_far "$1" "$2")" "${@:4}"
}

# link_stat HOST IF PATH: one number about what the host has sent over a link, such as .dropped.loss
link_stat() {
  emulator_do stats | jq ".directions[\"${LAB_END[$1/$2]}-$(link_far "$1" "$2")\"]$3"
}

link_far() {
  local far
  read -ra far <<<"${LAB_FAR[$1/$2]}"
  echo "${LAB_END[${far[0]}/${far[1]}]}"
}

# What lab_veth does, with TAP devices and with the settings in LAB_EMULATED.
lab_tap_pair() { # HOST-A IF-A HOST-B IF-B MTU
  local a=${1}_$2 b=${3}_$4
  a=${a//[^a-z0-9]/_}
  b=${b//[^a-z0-9]/_}
  [[ -n ${LAB_PID[emulator]-} ]] || emulator_start
  emulator_do link "$a=$LAB_ID-$1:$2,$b=$LAB_ID-$3:$4" "$5"
  emulator_do set "$a+$b" "$LAB_EMULATED"
  LAB_END[$1/$2]=$a
  LAB_END[$3/$4]=$b
  LAB_FAR[$1/$2]="$3 $4"
  LAB_FAR[$3/$4]="$1 $2"
}

# probe HOST:IF HOST:IF [OPTION...]: the prober between two interfaces; its report is JSON.
probe() {
  "$LAB_LIB/tool" prober --a "$LAB_ID-$1" --b "$LAB_ID-$2" --json "${@:3}"
}

# probe_start NAME HOST:IF HOST:IF [OPTION...]: the same as a daemon, until it sends; it ends by its
# --seconds or by probe_stop.
probe_start() {
  lab_spawn "$1@" "$LAB_LIB/tool" prober --a "$LAB_ID-$2" --b "$LAB_ID-$3" --json="$LAB_DIR/$1.json" \
    "${@:4}"
  lab_await "$1" '^prober: sending'
}

# probe_stop NAME: ends it, and leaves its report in $LAB_DIR/NAME.json when what is under way has
# arrived.
probe_stop() {
  lab_stop "$1" TERM 40
}

# shellcheck shell=bash
# options.sh: the arguments of a script that has a function `usage`. Part of lib.sh.

# options NAME... -- ARGUMENT...: sets the variables that the arguments name. NAME is a flag, which sets its
# variable to yes; NAME= is an option with a value, of which the last counts; NAME+= is one whose values are
# added to an array. --help prints the usage and ends the script; what is not known is wrong usage.
options() {
  local known=' ' name
  while [[ $1 != -- ]]; do
    known+="$1 "
    shift
  done
  while shift && (($#)); do
    [[ $1 != -h && $1 != --help ]] || { usage; exit 0; }
    [[ $1 =~ ^--[a-z]+$ ]] || wrong_usage
    name=${1#--}
    case $known in
      *" $name "*) printf -v "$name" yes; continue ;;
      *" $name= "*) [[ -n ${2-} ]] && printf -v "$name" %s "$2" ;;
      *" $name+= "*) [[ -n ${2-} ]] && option_added "$name" "$2" ;;
      *) false ;;
    esac || wrong_usage
    shift
  done
}

option_added() { # ARRAY VALUE
  local -n array=$1
  array+=("$2")
}

wrong_usage() {
  usage >&2
  exit 2
}

# shellcheck shell=bash disable=SC2034 # the checks set NOTE
# checks.sh: a table of commands that should succeed. To be sourced after lib.sh.

NOTE=''    # what the check under way has measured
SCRATCH='' # the directory of its files; checks that run side by side have one each

# check_row CELLS COMMAND...: adds a row to $SCRATCH/rows: the cells that name it, result, ms and note,
# tab-separated. What the command prints is shown when it fails. It runs with errors ignored, so a function
# joins its steps with && or says `return 1`.
check_row() {
  local verdict=ok name=${1//$'\t'/: } from to
  NOTE=''
  from=$(now_ms)
  if ! "${@:2}" >"$SCRATCH/check.log" 2>&1; then
    verdict=FAILED
    say "FAILED: $name; the last lines were:"
    tail -n 5 "$SCRATCH/check.log" >&2
  fi
  to=$(now_ms)
  printf '%s\t%s\t%s\t%s\n' "$1" "$verdict" $((to - from)) "$NOTE" >>"$SCRATCH/rows"
  echo "$LAB_SCRIPT: $name: $verdict${NOTE:+ ($NOTE)}"
}

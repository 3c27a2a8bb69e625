# shellcheck shell=bash
# report.sh: what a lab says: assertions, tables, and arithmetic that bash lacks. Part of lib.sh.

LAB_CHECKS=0

# Each assertion names what it is about; the first that does not hold ends the script.
assert_eq() { # WHAT EXPECTED SEEN
  LAB_CHECKS=$((LAB_CHECKS + 1))
  [[ $2 == "$3" ]] || die "FAILED: $1: expected '$2', saw '$3'"
}

assert_match() { # WHAT REGEX SEEN
  LAB_CHECKS=$((LAB_CHECKS + 1))
  [[ $3 =~ $2 ]] || die "FAILED: $1: expected to match '$2', saw '$3'"
}

# assert_number WHAT SEEN OPERATOR BOUND: with a point or without, e.g. assert_number "p50, ms" 0.19 '<=' 0.25
assert_number() {
  LAB_CHECKS=$((LAB_CHECKS + 1))
  [[ $2 =~ ^-?[0-9.]+([eE][-+]?[0-9]+)?$ ]] || die "FAILED: $1: not a number: '$2'"
  awk "BEGIN { exit !($2 $3 $4) }" || die "FAILED: $1: expected $3 $4, saw $2"
}

assert_ok() { # WHAT COMMAND...
  LAB_CHECKS=$((LAB_CHECKS + 1))
  local output
  output=$("${@:2}" 2>&1) || die "FAILED: $1: '${*:2}' failed: ${output##*$'\n'}"
}

assert_fails() { # WHAT COMMAND...
  LAB_CHECKS=$((LAB_CHECKS + 1))
  ! "${@:2}" >/dev/null 2>&1 || die "FAILED: $1: '${*:2}' should have failed"
}

assert_ping() { # HOST ADDRESS [PING OPTION...]
  assert_ok "ping from $1 to $2" lab_exec "$1" ping -n -c 1 -W 2 "${@:3}" "$2"
}

assert_no_ping() { # HOST ADDRESS [PING OPTION...]
  assert_fails "no ping from $1 to $2" lab_exec "$1" ping -n -c 1 -W 0.3 "${@:3}" "$2"
}

# table [HEAD]: prints tab-separated lines from standard input as a table; its head, in which \t parts the
# cells, is the first line where none is given. Columns whose cells below it are all numbers stand to the right.
table() {
  { [[ -z ${1-} ]] || printf '%b\n' "$1"; cat; } | awk -F '\t' '
    { for (i = 1; i <= NF; i++) {
        cell[NR, i] = $i
        if (length($i) > width[i]) width[i] = length($i)
        if (NR > 1 && $i !~ /^[-+]?[0-9.]*[%x]?$/) text[i] = 1
      }
      if (NF > columns) columns = NF
    }
    END {
      for (r = 1; r <= NR; r++) {
        line = ""
        for (i = 1; i <= columns; i++)
          line = line sprintf("%" (text[i] ? "-" : "") width[i] "s  ", cell[r, i])
        sub(/ +$/, "", line); print line
        if (r == 1) { gsub(/./, "-", line); print line }
      }
    }'
}

# Numbers from standard input, one a line: the given percentile (0 to 100) of them, nearest rank.
percentile() {
  sort -g | awk -v p="$1" '{ v[NR] = $1 } END { if (NR) { r = int(p / 100 * NR + 0.999999); print v[r < 1 ? 1 : r] } }'
}

now_ms() {
  echo $(($(date +%s%N) / 1000000))
}

# Evaluates an expression and prints it with so many decimals: calc 2 "10 / 3".
calc() {
  awk "BEGIN { printf \"%.$1f\", $2 }"
}

#!/usr/bin/env bash
# jmh.sh: times the classes on a frame's way, and counts the bytes that each operation allocates.
#
# An operation is one frame, or one superframe where the bench says so. Absolute times are those of
# this machine and of what else runs on it; allocation is not, and should be 0 where a frame passes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

usage() {
  cat <<'EOF'
usage: jmh.sh [--seconds N] [--forks N] [--json FILE] [PATTERN]
  PATTERN    of the benches' names (default: all)
  --seconds  of measuring, for each bench (default 5)
  --forks    JVMs, for each bench (default 1)
  --json     writes JMH's result to FILE
exit: 0 done, 1 failed, 2 usage
EOF
}

seconds=5 forks=1 json='' pattern=.
while (($#)); do
  case $1 in
    --seconds) seconds=$2; shift ;;
    --forks) forks=$2; shift ;;
    --json) json=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) pattern=$1 ;;
  esac
  shift
done

if [[ -z ${QUICMESH_NO_BUILD:-} ]]; then
  build=(-q -B -f "$root/pom.xml" -Pjmh -pl test-scripts -am process-test-classes
    -Dspotless.check.skip=true -Djacoco.skip=true)
  mvn -o "${build[@]}" >/dev/null 2>&1 || mvn "${build[@]}" >&2
fi

target=$here/target
classpath=$target/jmh-classes:$target/classes
for module in tap migration-monitor quic-transport relay node; do
  classpath+=:$root/$module/target/classes
done
result=$(mktemp --suffix .json)
trap 'rm -f "$result"' EXIT

java -cp "$classpath:$target/lib/*" org.openjdk.jmh.Main "$pattern" -prof gc -f "$forks" -wi 3 -w 1 \
  -i "$seconds" -r 1 -foe true -rf json -rff "$result" -jvmArgs '-Xms256m -Xmx256m -XX:+UseSerialGC' >&2

# shellcheck source=lab/report.sh
. "$here/lab/report.sh"
jq -r '.[] | [(.benchmark | split(".") | .[-2:] | join(".")), ((.params // {}) | map_values(tostring) |
    to_entries | map(.key + "=" + .value) | join(" ") | if . == "" then "-" else . end),
    (.primaryMetric.score * 10 | round / 10), (.primaryMetric.scoreError | if type == "number" then . * 10 | round / 10 else "-" end),
    (.secondaryMetrics | to_entries | map(select(.key | endswith("gc.alloc.rate.norm"))) | .[0].value.score * 100 | round / 100)] | @tsv' "$result" |
  table 'bench\tparameters\tns/op\t+-\tB/op'
[[ -z $json ]] || cp "$result" "$json"

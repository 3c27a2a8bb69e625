#!/usr/bin/env bash
# check-leaks.sh: fails if any test of the last build lost a buffer.
#
# Tests run with Netty's paranoid leak detection, which reports a buffer that was collected without
# being released as "LEAK:" in the log of the test. `mvn verify` runs this after all of them.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: check-leaks.sh [DIR]
  DIR  the project's directory (default: the one that this script is in)
exit: 0 no leak, 1 a leak, 2 usage
EOF
}

case ${1-} in
  -h | --help) usage; exit 0 ;;
  -*) usage >&2; exit 2 ;;
esac
(($# <= 1)) || { usage >&2; exit 2; }
root=${1-$(dirname "$(readlink -f "$0")")/..}
cd "$root" || exit 2

shopt -s nullglob
reports=(*/target/surefire-reports */target/failsafe-reports)
((${#reports[@]})) || exit 0
leaking=$(grep -rlF 'LEAK:' "${reports[@]}" || true)
[[ -z $leaking ]] && exit 0
while IFS= read -r file; do
  echo "leak: $file: $(grep -m1 -F 'LEAK:' "$file")" >&2
done <<<"$leaking"
exit 1

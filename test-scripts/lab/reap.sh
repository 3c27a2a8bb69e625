#!/usr/bin/env bash
# reap.sh: removes what labs left whose script was killed, and on demand the labs that were kept.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'EOF'
usage: reap.sh [--kept]
  Removes namespaces, processes and files of labs whose script no longer runs.
  --kept  those too that a script left on purpose (demo.sh --keep)
exit: 0 done, 1 failed, 2 usage
EOF
}

case ${1-} in
  '') kept=no ;;
  --kept) kept=yes ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
lab_require_root
lab_reap
[[ $kept == no ]] || lab_reap_kept

#!/usr/bin/env bash
# shellcheck disable=SC2153 # names come from lib.sh
# membership.sh: who may be on the segment, and everybody who may not, on a real relay and real nodes.
#
# One relay and two networks on it with the same subnet: `house`, whose members come, go and are
# refused, and `guests`, whose certificates last for seconds only, so that they are renewed and expire
# while somebody looks.
set -euo pipefail
# shellcheck source=lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab/lib.sh"
# shellcheck source=lab/checks.sh
. "$LAB_LIB/checks.sh"

usage() {
  cat <<'USAGE'
usage: membership.sh [--quick] [--json FILE]
  --quick  leaves out what takes long: the full disk, killed joins, many guesses
  --json   writes the table as JSON, too
exit: 0 every row is ok, 1 one is not, 2 usage
USAGE
}

readonly ALICE_IP=10.66.0.2 BOB_IP=10.66.0.3
readonly GUEST_IP=10.66.0.22 VISITOR_IP=10.66.0.23 # nobody of the other network has them
readonly VALIDITY=10                  # seconds, of the guests' certificates
readonly REVOKED_MS_MAX=5000 SPREAD_MS_MAX=2000
readonly AGAIN_SECONDS=40             # for a session to come (back)
readonly DISK_PAGES_MAX=24            # of 4 KiB, that a joined host's state never needs

quick='' json=''
options quick json= -- "$@"

# refused EXIT-CODE PATTERN COMMAND...: it ends with this code and says one line, which becomes the note.
refused() {
  local code=0 line
  "${@:3}" >"$SCRATCH/refused.out" 2>"$SCRATCH/refused" || code=$?
  line=$(grep -v '^WARNING' "$SCRATCH/refused")
  NOTE="exit $code: ${line#quicmesh: }"
  [[ $code == "$1" && $(grep -c . <<<"$line") == 1 && $line =~ $2 ]]
}

# said NAME PATTERN: whether a daemon's log has it already.
said() {
  grep -qE -- "$2" "$LAB_DIR/log/$1.log"
}

counter() { # NODE COUNTER
  node_cli "$1" status --json | jq -r --arg name "$2" '.refusals[$name] // 0'
}

rejected() { # REASON
  relay_cli relay status --json | jq -r --arg name "$1" '.rejected[$name] // 0'
}

summary() { # NODE
  node_cli "$1" status --json | jq -r .summary
}

# ---- tokens ------------------------------------------------------------------------------------------

# forged TOKEN START HEX: the token with other bytes from this offset on, and a checksum that is right.
forged() {
  local text=${1#qm1_} hex sum
  while ((${#text} % 4)); do text+='='; done
  hex=$(basenc --base64url -d <<<"$text" | basenc --base16 -w 0)
  hex=${hex:0:$((2 * $2))}$3${hex:$((2 * $2 + ${#3}))}
  hex=${hex:0:$((${#hex} - 8))}
  sum=$(basenc --base16 -d <<<"$hex" | sha256sum | cut -c 1-8)
  echo "qm1_$(basenc --base16 -d <<<"$hex${sum^^}" | basenc --base64url -w 0 | tr -d =)"
}

random_hex() { # BYTES
  head -c "$1" /dev/urandom | basenc --base16 -w 0
}

joins() { # NAME@HOST TOKEN
  node_cli "$1" join - <<<"$2"
}

invite() { # REGISTRAR NAME [OPTION...]
  node_cli "$1" invite "$2" "${@:3}"
}

# ---- what is checked: house --------------------------------------------------------------------------

two_hosts_talk() {
  node_admit home alice --address "$ALICE_IP/24" && node_admit home bob --address "$BOB_IP/24" &&
    node_start alice && node_start bob && until_true "$AGAIN_SECONDS" answers alice "$BOB_IP"
}

# A member is killed and comes back; only the registrar could give it anything new.
talk_without_registrar() {
  lab_stop home && answers alice "$BOB_IP" && lab_stop bob KILL && node_start bob &&
    until_true "$AGAIN_SECONDS" answers alice "$BOB_IP"
}

join_without_registrar() {
  refused 5 "the registrar is not at relay .* start 'quicmesh up'" joins eve "$EVE_TOKEN"
}

token_used_twice() {
  refused 4 'already used by another host' joins eve "$BOB_TOKEN" &&
    [[ $(counter home join_refused_token_used) == 1 ]]
}

token_altered() {
  refused 4 'token is damaged' joins eve "${EVE_TOKEN:0:40}x${EVE_TOKEN:41}"
}

token_guessed() {
  refused 4 "not one of this network's registrar" joins eve "$(forged "$EVE_TOKEN" 32 "$(random_hex 16)")" &&
    [[ $(counter home join_refused_token_unknown) == 1 ]]
}

guesses_are_limited() {
  local i
  for i in {1..25}; do
    refused 5 'busy with others that join' joins eve "$(forged "$EVE_TOKEN" 32 "$(random_hex 16)")" && break
  done
  NOTE="after $i guesses; $NOTE"
  ((i < 25 && $(rejected join_quota) > 0))
}

token_expired() {
  local token
  token=$(invite home late --ttl 1s) && sleep 1.2 &&
    refused 4 'token has expired' joins eve "$token" &&
    [[ $(counter home join_refused_token_expired) == 1 ]]
}

token_of_another_network() {
  refused 1 'holds a member of network house already' joins alice "$STRAY_TOKEN"
}

wrong_relay_fingerprint() {
  local length=$(((${#EVE_TOKEN} - 4) * 3 / 4))
  refused 4 'shows another fingerprint than' joins eve "$(forged "$EVE_TOKEN" $((length - 36)) "$(random_hex 32)")"
}

# The first host hears of it, the second is told why it stays outside, the relay says both.
key_copied() {
  cp -a "$LAB_DIR/state/alice" "$LAB_DIR/state/twin"
  rm -f "$LAB_DIR"/state/twin/*.sock
  node_start twin@eve && until_true 10 said alice 'alert kind=duplicate-key' &&
    until_true 10 said relay 'two hosts have one key' &&
    [[ $(summary twin@eve) == *"another host"*"this host's key"* ]] &&
    (($(rejected duplicate_key) > 0)) && answers alice "$BOB_IP" || return 1
  NOTE=$(summary twin@eve)
  lab_stop twin
}

key_readable_by_others() {
  chmod 644 "$LAB_DIR/state/twin/node.pem"
  refused 1 'chmod 600' node_cli twin@eve up && chmod 600 "$LAB_DIR/state/twin/node.pem" &&
    chmod 755 "$LAB_DIR/state/twin" && refused 1 'chmod 700' node_cli twin@eve up
}

key_replaced() {
  local was now
  was=$(node_cli alice status --json | jq -r .id)
  node_cli alice rotate-key || return 1
  until_true "$AGAIN_SECONDS" answers bob "$ALICE_IP" || return 1
  now=$(node_cli alice status --json | jq -r .id)
  NOTE="${was:0:10} is ${now:0:10} now"
  [[ $was != "$now" ]] && answers alice "$BOB_IP"
}

# Judged from when the command returns; the member has ended the session, and bob's daemon is gone.
revoked() {
  local from spread ended
  node_cli home revoke bob || return 1
  from=$(now_ms)
  until_true 10 said alice 'revocation list accepted number=[0-9]+ keys=2' || return 1
  spread=$(($(now_ms) - from))
  until_true 10 said alice 'session ended peer=bob' || return 1
  ended=$(($(now_ms) - from))
  timeout 10 tail --pid="${LAB_PID[bob]}" -s 0.05 -f /dev/null || return 1
  LAB_STATUS=0
  wait "${LAB_PID[bob]}" || LAB_STATUS=$?
  unset 'LAB_PID[bob]'
  NOTE="list at the others ${spread} ms, session ended ${ended} ms after the command; bob: exit $LAB_STATUS"
  tail -n 3 "$LAB_DIR/log/bob.log"
  ((spread <= SPREAD_MS_MAX && ended <= REVOKED_MS_MAX && LAB_STATUS == 4)) &&
    ! answers alice "$BOB_IP" && said bob "quicmesh: this host's key is revoked: ask for a new token"
}

revoked_starts_again() {
  refused 4 "this host's key is revoked" node_cli bob up
}

# Bob has forgotten the list, and the relay was killed and started since.
relay_remembers() {
  local before
  lab_stop relay KILL && relay_start relay --allow-any && rm "$LAB_DIR/state/bob/revocations.bin" || return 1
  before=$(rejected revoked)
  node_start bob && [[ $(summary bob) == *"this host's key is revoked"* ]] || return 1
  NOTE=$(summary bob)
  (($(rejected revoked) > before)) && ! answers alice "$BOB_IP" && lab_stop bob
}

# The same address is a member's in the other network; nobody of it is seen or reached.
networks_apart() {
  local seen
  seen=$(node_cli alice peers --json | jq -r '[.peers[].name] | join(" ")')
  NOTE="alice sees: $seen"
  [[ $seen != *guest* && $seen != *other* ]] || return 1
  ! answers guest "$ALICE_IP" && ! answers alice "$GUEST_IP" && answers other "$GUEST_IP" &&
    ! lab_exec guest arping -q -I qm0 -c 1 -w 1 "$ALICE_IP"
}

# The file system has room for one page more each time: every write is the first that fails once.
disk_full() {
  local token pages code failures=0
  token=$(invite home disk) && mkdir "$LAB_DIR/state/disk" && mount -t tmpfs -o size=4k,mode=700 none "$LAB_DIR/state/disk" ||
    return 1
  for ((pages = 1; pages <= DISK_PAGES_MAX; pages++)); do
    mount -o "remount,size=$((4 * pages))k" "$LAB_DIR/state/disk" || return 1
    code=0
    joins disk@alice "$token" 2>"$SCRATCH/refused" || code=$?
    cat "$SCRATCH/refused"
    ((code != 0)) || break
    [[ $code == 1 && $(<"$SCRATCH/refused") == *'the disk is full: make room'* ]] || return 1
    failures=$((failures + 1))
  done
  NOTE="$failures times full, then joined with the same token"
  ((code == 0 && failures > 0))
}

disk_unmount() {
  umount "$LAB_DIR/state/disk" 2>/dev/null || true
}

joins_killed() {
  local token i killed=0 pid
  token=$(invite home killed) || return 1
  for i in 2 4 6 8 10 12; do
    joins killed@bob "$token" &
    pid=$!
    sleep "0.$((i / 10))$((i % 10))" && sleep "0.$i"
    kill_tree "$pid" && killed=$((killed + 1))
    wait "$pid" 2>/dev/null || true
  done
  joins killed@bob "$token" || [[ $(tail -n 1 "$SCRATCH/check.log") == *'already a member'* ]] || return 1
  NOTE="killed $killed times, then joined with the same token"
  [[ -f $LAB_DIR/state/killed/network.json && ! -f $LAB_DIR/state/killed/joining.pem ]]
}

kill_tree() { # PID
  local child
  while read -rd ' ' child; do
    kill_tree "$child" || true
  done < <(cat /proc/"$1"/task/*/children 2>/dev/null)
  kill -KILL "$1" 2>/dev/null
}

# ---- what is checked: guests ---------------------------------------------------------------------------

# Guest is told to dial a member of the other network, too.
guests_join() {
  until_true "$AGAIN_SECONDS" test -s "$LAB_DIR/state/alice/port" || return 1
  printf 'direct:\n  peers: ["%s:%s"]\n' "$(lab_ip alice)" "$(<"$LAB_DIR/state/alice/port")" >"$SCRATCH/stray.yaml"
  node_start guest --config "$SCRATCH/stray.yaml" && node_start visitor &&
    until_true "$AGAIN_SECONDS" answers guest "$VISITOR_IP"
}

stranger_refused() {
  until_true 10 dial_refused
}

dial_refused() {
  local guest alice
  guest=$(counter guest refused_not_allowed)
  alice=$(counter alice refused_not_allowed)
  NOTE="counted $guest times by the one that dials, $alice by the one that is dialled"
  ((guest + alice > 0))
}

renewed_under_traffic() {
  local renewals
  lab_exec guest ping -n -q -i 0.1 -w "$VALIDITY" "$VISITOR_IP" >"$SCRATCH/ping"
  renewals=$(grep -c ' renewed-own ' "$LAB_DIR/state/guest/audit.log")
  NOTE="$(grep -o '[0-9]* packets transmitted, [0-9]* received' "$SCRATCH/ping"); $renewals renewals"
  grep -q ' 0% packet loss' "$SCRATCH/ping" && ((renewals > 0))
}

expired() {
  lab_stop other && until_true $((2 * VALIDITY)) said guest 'session ended peer=visitor cause=certificate expired' &&
    ! answers guest "$VISITOR_IP" && until_true 10 says_expired
}

says_expired() {
  NOTE=$(summary guest)
  [[ $NOTE == *"this host's certificate expired at "* ]]
}

renewed_after_expiry() {
  node_start other && until_true "$AGAIN_SECONDS" answers guest "$VISITOR_IP"
}

# ---- what an operator types wrongly ------------------------------------------------------------------

typed_wrongly() {
  refused 2 'no token' joins typo@eve 'no token' &&
    refused 2 'no token on standard input' joins typo@eve '' &&
    refused 2 'a name has 1 to 63' node_cli home invite 'No Name' &&
    refused 1 'a member has this name' node_cli home invite alice &&
    refused 1 "not one of the network's subnet" node_cli home invite new --address 10.99.0.1/24 &&
    refused 2 'lives for more than nothing' node_cli home invite new --ttl 90d &&
    refused 1 'no member or invitation has this name' node_cli home revoke nobody &&
    refused 1 'the registrar cannot revoke itself' node_cli home revoke home &&
    refused 1 'is not the registrar' node_cli alice invite new &&
    refused 1 'not a member' node_cli typo@eve revoke alice &&
    refused 1 "registrar's own key cannot be replaced" node_cli home rotate-key &&
    NOTE='each one line, with its exit code'
}

# ---- the run -----------------------------------------------------------------------------------------

guests() {
  SCRATCH=$LAB_DIR/guests
  node_admit other guest --address "$GUEST_IP/24" >/dev/null
  node_admit other visitor --address "$VISITOR_IP/24" >/dev/null
  check_row 'guests: two hosts join and talk' guests_join
  check_row 'two networks on one relay stay apart' networks_apart
  check_row 'refused: node of another network, dialled' stranger_refused
  check_row "certificates of $VALIDITY s are renewed under traffic" renewed_under_traffic
  check_row 'registrar gone: certificates expire, sessions end' expired
  check_row 'registrar back: renewed without a restart' renewed_after_expiry
}

house() {
  check_row 'house: two hosts join and talk' two_hosts_talk
  check_row 'registrar gone: members talk, and restart' talk_without_registrar
  check_row 'registrar gone: nobody joins' join_without_registrar
  node_start home
  BOB_TOKEN=$(invite home once --address 10.66.0.10/24)
  joins once@eve "$BOB_TOKEN" >/dev/null
  check_row 'refused: token used twice' token_used_twice
  check_row 'refused: token altered' token_altered
  check_row 'refused: token guessed' token_guessed
  check_row 'refused: token expired' token_expired
  check_row 'refused: member of another network' token_of_another_network
  check_row 'refused: wrong relay fingerprint' wrong_relay_fingerprint
  [[ -n $quick ]] || check_row 'typed wrongly' typed_wrongly
  [[ -n $quick ]] || check_row 'disk full at every write of a join' disk_full
  [[ -n $quick ]] || check_row 'kill -9 within a join' joins_killed
  check_row 'key copied to a second host: alert on both' key_copied
  check_row 'refused: key or directory open to others' key_readable_by_others
  check_row 'key replaced in a running daemon' key_replaced
  check_row 'revoked: live session ends' revoked
  check_row 'revoked: does not start again' revoked_starts_again
}

lab_start
lab_build
lab_at_exit disk_unmount
mkdir "$LAB_DIR/house" "$LAB_DIR/guests"
SCRATCH=$LAB_DIR/house
lab_internet
lab_public relay home alice bob eve other guest visitor
relay_start relay --allow-any
relay=$(relay_address relay)
node_cli home network create house --node home --relay "$relay" >/dev/null
node_cli other network create guests --node other --validity "${VALIDITY}s" --relay "$relay" >/dev/null
node_start home
node_start other
EVE_TOKEN=$(invite home eve --address 10.66.0.9/24)
STRAY_TOKEN=$(invite other stray --address 10.66.0.30/24)
(
  trap - EXIT
  guests
) &
guests_pid=$!
house
wait "$guests_pid"
check_row 'revoked: relay remembers over kill -9' relay_remembers
[[ -n $quick ]] || check_row 'refused: many guesses' guesses_are_limited

echo
cat "$LAB_DIR"/{house,guests}/rows | table 'what\tresult\tms\tnote'
[[ -z $json ]] || cat "$LAB_DIR"/{house,guests}/rows | jq -Rn '{rows: [inputs | split("\t")
  | {what: .[0], result: .[1], ms: (.[2] | tonumber), note: .[3]}]}' >"$json"
! grep -q $'\tFAILED\t' "$LAB_DIR"/{house,guests}/rows

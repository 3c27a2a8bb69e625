// The guided steps: make a connection migrate, hand a session over, and see what happened.
import { connections, onEvent, peers, state } from './live.js';
import { byId, el, options } from './dom.js';
import { bar, fiveSteps, stepOf } from './handovers.js';
import * as show from './format.js';

const TOKEN = 'quicmesh-token';

let running = null;

export function drawChoices() {
  const movable = connections().filter((one) => one.role === 'client');
  options(byId('migrate-target'), [['', 'all connections'], ...movable.map((one) =>
    [one.kind === 'relay' ? 'relay:' + one.peer : one.peer, `${one.peer} (${one.kind})`])]);
  options(byId('handover-peer'), peers().filter((peer) => peer.state === 'up').map((peer) => [peer.name, peer.name]));
  const chosen = peers().find((peer) => peer.name === byId('handover-peer').value);
  const targets = [['direct', 'direct'], ...state.parts.status.relays.filter((relay) => relay.state === 'up')
    .map((relay) => ['relay:' + relay.address, 'relay ' + relay.address])];
  options(byId('handover-target'), chosen?.carrier === 'direct' ? [...targets.slice(1), targets[0]] : targets);
}

/** Sends a change with the token; what the daemon refuses becomes an error with its own line. */
async function tell(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + (sessionStorage.getItem(TOKEN) ?? '') },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  if (answer.status === 401) {
    forgetToken();
  }
  if (!answer.ok) {
    throw new Error(result.error);
  }
  return result;
}

function report(id, kind, ...lines) {
  const box = byId(id);
  box.dataset.state = kind;
  box.replaceChildren(...lines.map((line) => (line instanceof Node ? line : el('p', {}, line))));
}

async function attempt(button, resultId, waiting, action) {
  button.disabled = true;
  report(resultId, 'running', waiting);
  try {
    report(resultId, 'done', ...await action());
  } catch (error) {
    report(resultId, 'failed', error.message);
  } finally {
    button.disabled = false;
    running = null;
  }
}

byId('migrate').addEventListener('click', () => attempt(
  byId('migrate'), 'migrate-result', 'Moving …', async () => {
    const target = byId('migrate-target').value;
    const answer = await tell('/api/simulate-migration', { target: target === '' ? null : target });
    const moved = answer.migrations ?? [answer];
    return moved.length === 0 ? ['No connection could move.'] : moved.map((one) =>
      `Connection ${one.connection_id.slice(0, 8)} moved from ${one.old_addr} to ${one.new_addr}`
      + (one.gap_ms === null ? '.' : `; the gap was ${show.milliseconds(one.gap_ms)}.`));
  }));

byId('handover').addEventListener('click', () => {
  const peer = byId('handover-peer').value;
  const target = byId('handover-target').value;
  running = peer;
  attempt(byId('handover'), 'handover-result', 'Handing over …', async () => {
    const answer = await tell('/api/handover', { peer, target });
    const total = answer.steps.reduce((sum, step) => sum + step.ms, 0);
    const steps = fiveSteps(answer.steps).filter((step) => step.ms > 0)
      .map((step) => `${step.name} ${show.milliseconds(step.ms)}`).join(', ');
    return [`${peer}: ${answer.result} in ${show.milliseconds(total)}; gap ${show.milliseconds(answer.gap_ms)}, ${show.plural(answer.frames_resent, 'frame')} resent.`,
      bar(answer.steps), steps];
  });
});

byId('handover-peer').addEventListener('change', drawChoices);

onEvent((name, data) => {
  if (name === 'handover-step' && data.peer === running) {
    report('handover-result', 'running', `${stepOf(data.step)?.name ?? show.words(data.step)} … ${show.milliseconds(data.elapsed_ms)}`);
  }
});

function forgetToken() {
  sessionStorage.removeItem(TOKEN);
  byId('token').value = '';
  byId('token').focus();
  drawToken();
}

function drawToken() {
  const kept = sessionStorage.getItem(TOKEN) !== null;
  byId('migrate').disabled = !kept;
  byId('handover').disabled = !kept;
  byId('token').placeholder = kept ? 'kept for this tab' : '';
}

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, byId('token').value.trim());
  byId('token').value = '';
  drawToken();
});
drawToken();

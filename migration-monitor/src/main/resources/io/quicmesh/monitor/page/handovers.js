// Handovers with their five steps, and the log of what happened.
import { state } from './live.js';
import { byId, el, syncOr } from './dom.js';
import * as show from './format.js';

const SHOWN_MAX = 8;

/** The five steps, and the states that each of them consists of. */
export const STEPS = [
  { name: 'Listen', states: ['STARTING_LISTENER'], tone: 'c8' },
  { name: 'Connect', states: ['CONNECTING'], tone: 'c2' },
  { name: 'Resume', states: ['RESUMING'], tone: 'c5' },
  { name: 'Move lanes', states: ['MIGRATING', 'SWITCHING'], tone: 'c1' },
  { name: 'Close old', states: ['CLOSING_RELAY', 'CLOSING_DIRECT'], tone: 'c3' },
];

export const stepOf = (stateName) => STEPS.find((step) => step.states.includes(stateName));

/** The times of the five steps, in their order. */
export const fiveSteps = (steps) => STEPS.map((step) => ({
  ...step,
  ms: steps.filter((one) => step.states.includes(one.name)).reduce((total, one) => total + one.ms, 0),
}));

export function drawHandovers() {
  const legend = byId('steps-legend');
  if (legend.childElementCount === 0) {
    legend.append(...STEPS.map((step) =>
      el('li', {}, el('span', { class: 'key block ' + step.tone }), el('span', {}, step.name))));
  }
  const all = (state.parts.handovers ?? []).slice(0, SHOWN_MAX);
  syncOr(byId('handovers'), 'No session has changed its carrier yet.', all, (one) => one.peer + one.time,
    (one) => el('li', {}, line(one), bar(one.steps), one.reason ? el('p', { class: 'quiet' }, one.reason) : null),
    () => {});
}

function line(one) {
  const total = one.steps.reduce((sum, step) => sum + step.ms, 0);
  return el('div', { class: 'line' },
    el('time', { datetime: one.time }, show.clock(one.time)),
    el('strong', {}, one.peer),
    el('span', { class: show.carrierClass(one.from) }, show.carrier(one.from)),
    el('span', { 'aria-label': 'to' }, '→'),
    el('span', { class: show.carrierClass(one.to) }, show.carrier(one.to)),
    el('span', { class: one.result === 'done' ? 'c-good' : 'c-bad' }, one.result),
    el('span', { class: 'end' }, `${show.milliseconds(total)}, gap ${show.milliseconds(one.gap_ms)}, ${show.plural(one.frames_resent, 'frame')} resent`));
}

export function bar(steps) {
  const five = fiveSteps(steps).filter((step) => step.ms > 0);
  const all = five.reduce((total, step) => total + step.ms, 0);
  return el('div', { class: 'steps', role: 'img', 'aria-label': five.map((step) => `${step.name} ${show.milliseconds(step.ms)}`).join(', ') },
    ...five.map((step) => {
      const part = el('div', { class: 'step ' + step.tone, title: `${step.name} ${show.milliseconds(step.ms)}` },
        step.ms / all > 0.12 ? el('span', {}, show.milliseconds(step.ms)) : null);
      part.style.flexGrow = step.ms.toFixed(3);
      part.style.flexBasis = '0';
      return part;
    }));
}

export function drawActivity() {
  syncOr(byId('activity'), 'Nothing has happened yet.', state.activity,
    (one) => one.key ??= `${one.name} ${one.time} ${Math.random()}`,
    (one) => el('li', { class: one.earlier ? null : 'fresh' }, el('time', { datetime: one.time }, show.clock(one.time)),
      el('span', { class: 'key round ' + tone(one) }), el('p', {}, describe(one))),
    () => {});
}

function tone({ name, data }) {
  if (name === 'alert' || data.result === 'failed' || data.state === 'down') {
    return 'c-bad';
  }
  if (name === 'migration') {
    return 'c-migration';
  }
  return show.carrierClass(data.to ?? data.carrier ?? (name === 'relay' ? 'relay' : 'down'));
}

function describe({ name, data }) {
  const id = data.connection_id?.slice(0, 8);
  switch (name) {
    case 'migration':
      return data.result === 'done'
        ? `Connection ${id} moved from ${data.old_addr} to ${data.new_addr}, gap ${show.milliseconds(data.gap_ms)}`
        : `Connection ${id} could not move to ${data.new_addr}: ${show.words(data.cause)}`;
    case 'handover':
      return data.result === 'done'
        ? `${data.peer} handed over from ${show.carrier(data.from)} to ${show.carrier(data.to)}, gap ${show.milliseconds(data.gap_ms)}`
        : `${data.peer} stays on ${show.carrier(data.from)}: ${data.reason ?? 'failed'}`;
    case 'peer':
      return `${data.peer} is ${data.state}` + (data.carrier === 'none' ? '' : `, ${data.carrier}`) + (data.reason ? `: ${data.reason}` : '');
    case 'relay':
      return `${data.address} is ${data.state}` + (data.reason ? `: ${data.reason}` : '');
    default:
      return data.message ?? name;
  }
}

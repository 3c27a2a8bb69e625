// Peers, clients, circuits, relays, and what was dropped.
import { isRelay, peers, state } from './live.js';
import { byId, cell, el, syncOr, text } from './dom.js';
import { pickPeer } from './mesh.js';
import * as show from './format.js';

const newRow = () => el('tr');

export function drawFigures() {
  const list = isRelay() ? relayFigures(state.parts.status) : nodeFigures(state.parts.status);
  syncOr(byId('figures'), '', list, (figure) => figure.label,
    (figure) => el('div', { class: 'figure' }, el('p', { class: 'label' }, figure.label),
      el('p', { class: 'value' }), el('p', { class: 'note' })),
    (figure, box) => {
      text(box.children[1], figure.value);
      text(box.children[2], figure.note);
      box.dataset.state = figure.state ?? '';
    });
}

const last = (kind, quantity) =>
  [...state.series.values()].find((one) => one.kind === kind)?.values[quantity]?.at(-1) ?? null;

function nodeFigures(status) {
  const direct = peers().filter((peer) => peer.carrier === 'direct').length;
  const relayed = peers().filter((peer) => peer.carrier === 'relay').length;
  const dropped = sum(allDrops());
  return [
    { label: 'Peers up', value: `${status.peers_up} of ${status.peers_total}`, note: `${direct} direct, ${relayed} relayed` },
    { label: 'Sending', value: show.rate(last('node', 'sent_bps')), note: `${show.count(status.tap.frames_in)} frames` },
    { label: 'Receiving', value: show.rate(last('node', 'received_bps')), note: `${show.count(status.tap.frames_out)} frames` },
    { label: 'Migrations', value: show.count(status.migrations.total_successful), note: `${status.migrations.migrating} running, ${status.migrations.failed} failed`, state: status.migrations.failed > 0 ? 'warn' : '' },
    { label: 'Dropped frames', value: show.count(dropped), note: dropped === 0 ? 'none since the start' : 'since the start' },
    { label: 'Up for', value: show.duration(status.uptime_s), note: `${status.tap.name}, MTU ${status.tap.mtu}` },
  ];
}

function relayFigures(status) {
  return [
    { label: 'Clients', value: show.count(status.clients), note: status.draining ? 'draining' : 'connected' },
    { label: 'Circuits', value: show.count(status.circuits), note: `${show.count(status.spliced.circuits_opened)} opened` },
    { label: 'Splicing', value: show.rate(last('relay', 'spliced_bps')), note: show.bytes(status.spliced.bytes) + ' in all' },
    { label: 'Handshakes', value: show.count(status.handshakes.completed), note: `${status.handshakes.pending} in flight, ${sum(status.handshakes.failed)} failed` },
    { label: 'Migrations', value: show.count(status.migrations.total_successful), note: `${status.migrations.migrating} running, ${status.migrations.failed} failed` },
    { label: 'Up for', value: show.duration(status.uptime_s), note: status.listen.join(', ') },
  ];
}

export function drawPeers() {
  syncOr(byId('peers'), 'No peers yet. Invite one: quicmesh invite NAME', peers(), (peer) => peer.name, newRow,
    (peer, row) => {
      const focused = row.contains(document.activeElement);
      const name = el('button', { class: 'link', type: 'button' }, peer.name);
      name.addEventListener('click', () => {
        pickPeer(peer.name);
        byId('mesh-title').scrollIntoView({ block: 'center' });
      });
      row.replaceChildren(
        cell(null, 'tight', name, el('span', { class: 'quiet' }, peer.overlay_address)),
        cell('Carrier', 'tight', carrierTag(peer), el('span', { class: 'quiet' }, peer.underlay ?? '')),
        cell('Since', 'tight', show.since(peer.since)),
        cell('RTT', 'num tight', show.milliseconds(peer.rtt_ms), el('span', { class: 'quiet' }, peer.jitter_ms === null ? '' : '± ' + show.milliseconds(peer.jitter_ms))),
        cell('Loss', 'num tight', show.percent(peer.loss)),
        cell('Quality', 'tight', quality(peer.quality)),
        cell('Sent', 'num tight', show.count(peer.frames.sent), el('span', { class: 'quiet' }, show.bytes(peer.frames.bytes_sent))),
        cell('Received', 'num tight', show.count(peer.frames.received), el('span', { class: 'quiet' }, show.bytes(peer.frames.bytes_received))),
        cell('Why', 'whole', peer.reason ?? '', el('span', { class: 'quiet' }, peer.next_retry ? 'next try ' + show.until(peer.next_retry) : '')));
      if (focused) {
        name.focus({ preventScroll: true });
      }
    });
}

function carrierTag(peer) {
  const label = peer.state === 'up' ? peer.carrier : peer.state;
  return el('span', { class: `tag c-${peer.state === 'up' ? peer.carrier : 'down'}` }, label);
}

function quality(value) {
  if (value === null) {
    return '–';
  }
  return el('meter', { min: 0, max: 1, low: 0.4, high: 0.7, optimum: 1, value, 'aria-label': 'quality ' + show.percent(value), title: show.percent(value) });
}

export function drawClients() {
  syncOr(byId('clients'), 'No node is connected.', state.parts.clients?.clients ?? [], (one) => one.id + one.observed_addr, newRow,
    (one, row) => row.replaceChildren(
      cell(null, 'tight code', one.id.slice(0, 10), one.duplicate_key ? el('span', { class: 'quiet c-bad' }, 'key in use twice') : null),
      cell('Network', 'tight code', one.network.slice(0, 12)),
      cell('Observed address', 'tight', one.observed_addr),
      cell('Since', 'tight', show.since(one.since)),
      cell('RTT', 'num tight', show.milliseconds(one.rtt_ms)),
      cell('Circuits', 'num', show.count(one.circuits)),
      cell('In', 'num tight', show.bytes(one.bytes_in)),
      cell('Out', 'num tight', show.bytes(one.bytes_out))));
  syncOr(byId('circuits'), 'No circuits: all sessions are direct, or there are none.', state.parts.circuits?.circuits ?? [],
    (one) => one.from + one.to + one.since, newRow,
    (one, row) => row.replaceChildren(
      cell('From', 'tight code', one.from.slice(0, 10)), cell('To', 'tight code', one.to.slice(0, 10)),
      cell('Network', 'tight code', one.network.slice(0, 12)), cell('Since', 'tight', show.since(one.since)),
      cell('Bytes', 'num tight', show.bytes(one.bytes))));
}

export function drawRelays() {
  syncOr(byId('relays'), 'No relay is configured.', state.parts.status.relays, (relay) => relay.address,
    () => el('li'),
    (relay, item) => item.replaceChildren(
      el('span', {}, relay.address),
      el('span', { class: 'tag ' + (relay.state === 'up' ? 'c-good' : 'c-bad') }, relay.state),
      el('span', { class: 'quiet' }, relay.state === 'up'
        ? `${show.milliseconds(relay.rtt_ms)}, sees us as ${relay.observed_addr ?? '–'}`
        : relay.reason ?? '')));
  drawBars('drops', 'No frame was dropped.', Object.entries(allDrops()));
}

export function drawQuotas() {
  const status = state.parts.status;
  syncOr(byId('quotas'), 'No quotas.', status.quotas, (quota) => quota.name,
    () => bar(),
    (quota, item) => drawBar(item, show.words(quota.name),
      (quota.limit === 0 ? `${show.count(quota.used)}, no limit` : `${show.count(quota.used)} of ${show.count(quota.limit)}`) + (quota.hits > 0 ? `, hit ${show.count(quota.hits)} times` : ''),
      quota.limit === 0 ? 0 : quota.used / quota.limit));
  drawBars('rejected', 'Nothing was refused.', Object.entries(status.rejected));
}

function drawBars(id, empty, entries) {
  const most = Math.max(1, ...entries.map(([, value]) => value));
  const shown = entries.filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1]);
  syncOr(byId(id), empty, shown, ([reason]) => reason, () => bar(),
    ([reason, value], item) => drawBar(item, show.words(reason), show.count(value), value / most));
}

const bar = () => el('li', {}, el('span'), el('span', { class: 'quiet' }),
  el('div', { class: 'track' }, el('div', { class: 'fill' })));

function drawBar(item, name, value, share) {
  text(item.children[0], name);
  text(item.children[1], value);
  const fill = item.querySelector('.fill');
  fill.style.width = Math.min(100, share * 100).toFixed(1) + '%';
  fill.classList.toggle('full', share >= 1 && item.parentElement?.id === 'quotas');
}

/** Dropped frames by reason, at the TAP device and on the way to all peers together. */
function allDrops() {
  const all = { ...state.parts.status.tap.dropped };
  for (const peer of peers()) {
    for (const [reason, value] of Object.entries(peer.frames.dropped)) {
      all[reason] = (all[reason] ?? 0) + value;
    }
  }
  return all;
}

const sum = (counts) => Object.values(counts).reduce((total, value) => total + value, 0);


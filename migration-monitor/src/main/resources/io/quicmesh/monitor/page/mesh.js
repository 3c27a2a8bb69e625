// The picture of the mesh: this node in the middle, relays around it, peers outside.
import { ask, isRelay, onEvent, peers, state } from './live.js';
import { byId, el, svg, sync, text } from './dom.js';
import * as show from './format.js';

const WIDE = { width: 720, height: 430, outer: { x: 280, y: 156 }, inner: { x: 150, y: 96 } };
const NARROW = { width: 420, height: 520, outer: { x: 152, y: 200 }, inner: { x: 84, y: 112 } };
const phone = matchMedia('(max-width: 800px)');
const SELF_RADIUS = 30;
const RELAY_SIDE = 34;
const IDLE_BPS = 2000;

let picked = null;
let pickedAnswer = null;

const frame = () => (phone.matches ? NARROW : WIDE);
const centre = () => ({ x: frame().width / 2, y: frame().height / 2 - 14 });

const around = (ellipse, degrees) => ({
  x: centre().x + ellipse.x * Math.cos((degrees * Math.PI) / 180),
  y: centre().y + ellipse.y * Math.sin((degrees * Math.PI) / 180),
});

const spread = (number, start) => Array.from({ length: number }, (_, i) => start + (i * 360) / number);

/** Relays go into the gaps between the peers, so that they hide no line and no name. */
function relayAngles(number, peerAngles) {
  if (peerAngles.length < 2) {
    return spread(number, peerAngles.length === 0 ? -90 : peerAngles[0] + 180);
  }
  const half = 180 / peerAngles.length;
  const gaps = Array.from({ length: number }, (_, i) => Math.round((i * peerAngles.length) / number));
  return gaps.map((gap, i) =>
    peerAngles[gap % peerAngles.length] + half * (number > peerAngles.length ? 0.5 + (i % 2) : 1));
}

function nodePicture() {
  const status = state.parts.status;
  const all = peers();
  const peerAngles = spread(all.length, all.length === 2 ? 0 : -150);
  const angles = status.relays.length > 0 ? relayAngles(status.relays.length, peerAngles) : [];
  const size = all.length > 16 ? 15 : 23;
  const relays = status.relays.map((relay, i) => ({
    key: 'relay ' + relay.address, kind: 'relay', at: around(frame().inner, angles[i]),
    name: phone.matches ? relay.address.replace(/:\d+$/, '') : relay.address, address: relay.address,
    note: relay.state === 'up' ? show.milliseconds(relay.rtt_ms) : relay.state,
    tone: relay.state === 'up' ? 'c-relay' : 'c-bad', glyph: 'R', up: relay.state === 'up',
    facts: [['State', relay.state], ['RTT', show.milliseconds(relay.rtt_ms)],
      ['Sees us as', relay.observed_addr ?? '–'], ['Reason', relay.reason ?? '–']],
  }));
  const spots = all.map((peer, i) => peerSpot(peer, around(frame().outer, peerAngles[i]), size));
  return { self: { name: status.node, note: 'this node' }, relays, spots,
    edges: nodeEdges(all, spots, relays) };
}

function peerSpot(peer, at, size) {
  const moving = !['NO_CARRIER', 'RELAY_ONLY', 'DIRECT'].includes(peer.handover_state);
  return {
    key: 'peer ' + peer.name, kind: 'peer', at, size, name: peer.name,
    note: peer.state === 'up' ? `${peer.carrier} · ${show.milliseconds(peer.rtt_ms)}` : peer.state,
    tone: peer.state === 'up' ? 'c-' + peer.carrier : 'c-down',
    glyph: [...peer.name].slice(0, 2).join(''), quality: peer.quality ?? 0, moving, peer,
  };
}

function nodeEdges(all, spots, relays) {
  const edges = relays.filter((relay) => relay.up)
    .map((relay) => edge('standby ' + relay.key, 'standby c-relay', [centre(), relay.at]));
  all.forEach((peer, i) => {
    const via = relays.find((relay) => relay.address === peer.underlay) ?? relays.find((r) => r.up);
    const points = peer.carrier === 'relay' && via
      ? [centre(), via.at, spots[i].at] : [centre(), spots[i].at];
    if (peer.state === 'up') {
      const kind = peer.carrier === 'relay' ? 'relayed c-relay' : 'c-direct';
      edges.push(edge('line ' + peer.name, kind, points));
      const traffic = lastOf('peer ' + peer.name, 'sent_bps') + lastOf('peer ' + peer.name, 'received_bps');
      if (traffic > IDLE_BPS && peer.carrier !== 'none') {
        edges.push(edge('flow ' + peer.name, `flow c-${peer.carrier}`, points));
      }
    }
  });
  return edges;
}

function relayPicture() {
  const clients = state.parts.clients?.clients ?? [];
  const circuits = state.parts.circuits?.circuits ?? [];
  const angles = spread(clients.length, clients.length === 2 ? 0 : -150);
  const spots = clients.map((client, i) => ({
    key: 'client ' + client.id, kind: 'client', at: around(frame().outer, angles[i]),
    size: clients.length > 16 ? 15 : 23, name: client.id.slice(0, 10),
    note: show.milliseconds(client.rtt_ms), tone: client.duplicate_key ? 'c-bad' : 'c-direct',
    glyph: client.id.slice(0, 2), quality: 1, moving: false,
    facts: [['Network', client.network.slice(0, 16)], ['Seen at', client.observed_addr],
      ['Circuits', show.count(client.circuits)], ['Since', show.since(client.since)]],
  }));
  const where = new Map(clients.map((client, i) => [client.id, spots[i].at]));
  const edges = clients.map((client, i) =>
    edge('line ' + client.id, 'standby c-direct', [centre(), spots[i].at]));
  for (const circuit of circuits.slice(0, 200)) {
    if (where.has(circuit.from) && where.has(circuit.to)) {
      edges.push(edge(`circuit ${circuit.from} ${circuit.to}`, 'relayed c-relay',
        [where.get(circuit.from), centre(), where.get(circuit.to)]));
    }
  }
  return { self: { name: 'this relay', note: show.plural(clients.length, 'client') }, relays: [], spots, edges };
}

const edge = (key, kind, points) => ({ key, kind, path: 'M' + points.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join('L') });

function lastOf(series, quantity) {
  return state.series.get(series)?.values[quantity]?.at(-1) ?? 0;
}

export function drawMesh() {
  const root = byId('mesh');
  if (root.childElementCount === 0) {
    root.append(...['edges', 'spots', 'pulses'].map((name) => svg('g', { class: name })));
    legend();
  }
  const [edgeLayer, spotLayer] = root.children;
  root.setAttribute('viewBox', `0 0 ${frame().width} ${frame().height}`);
  const picture = isRelay() ? relayPicture() : nodePicture();
  sync(edgeLayer, picture.edges, (e) => e.key, () => svg('path'), (e, path) => {
    path.setAttribute('class', 'edge ' + e.kind);
    path.setAttribute('d', e.path);
  });
  const self = { key: 'self', kind: 'self', at: centre(), size: SELF_RADIUS, tone: '', moving: false,
    glyph: isRelay() ? 'R' : [...picture.self.name].slice(0, 2).join(''), ...picture.self };
  sync(spotLayer, [...picture.relays, ...picture.spots, self], (s) => s.key, createSpot, drawSpot);
  if (!picked && picture.spots.length > 0) {
    pick(picture.spots[0]);
  }
  drawDetail([...picture.relays, ...picture.spots]);
}

function createSpot(spot) {
  const body = spot.kind === 'relay'
    ? svg('rect', { class: 'body', rx: 8, width: RELAY_SIDE, height: RELAY_SIDE, x: -RELAY_SIDE / 2, y: -RELAY_SIDE / 2 })
    : svg('circle', { class: 'body', r: spot.size });
  const ring = svg(spot.kind === 'relay' ? 'rect' : 'circle', spot.kind === 'relay'
    ? { class: 'ring', rx: 8, width: RELAY_SIDE, height: RELAY_SIDE, x: -RELAY_SIDE / 2, y: -RELAY_SIDE / 2 }
    : { class: 'ring', r: spot.size, transform: 'rotate(-90)', pathLength: 100 });
  const group = svg('g', spot.kind === 'self' ? {} : { tabindex: 0, role: 'button' }, body, ring,
    svg('text', { class: 'glyph', y: 5 }), svg('text', { class: 'name' }), svg('text', { class: 'small' }));
  if (spot.kind !== 'self') {
    group.addEventListener('click', () => pick(group.spot));
    group.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        pick(group.spot);
      }
    });
  }
  return group;
}

function drawSpot(spot, group) {
  group.spot = spot;
  const [, ring, glyph, name, note] = group.children;
  const below = (spot.size ?? RELAY_SIDE / 2) + 18;
  group.setAttribute('class', `spot ${spot.kind} ${spot.tone}${picked === spot.key ? ' picked' : ''}`);
  group.setAttribute('transform', `translate(${spot.at.x.toFixed(1)} ${spot.at.y.toFixed(1)})`);
  group.setAttribute('aria-label', `${spot.name}, ${spot.note}`);
  ring.setAttribute('stroke-dasharray', spot.kind === 'relay' ? 'none' : `${Math.max(3, spot.quality * 100)} 100`);
  ring.style.display = spot.kind === 'self' ? 'none' : '';
  text(glyph, spot.glyph);
  text(name, spot.name);
  text(note, spot.moving ? 'handover: ' + show.words(spot.peer.handover_state).toLowerCase() : spot.note);
  name.setAttribute('y', below);
  note.setAttribute('y', below + 17);
}

/** Shows the facts of one spot beside the picture, for a peer with the reasons of its carrier. */
export function pick(spot) {
  picked = spot.key;
  pickedAnswer = null;
  refreshAnswer(spot);
  drawMesh();
}

export const pickPeer = (name) => pick({ key: 'peer ' + name, kind: 'peer', name });

async function refreshAnswer(spot) {
  if (spot.kind !== 'peer') {
    return;
  }
  try {
    const answer = await ask('/api/why?peer=' + encodeURIComponent(spot.name));
    if (picked === spot.key) {
      pickedAnswer = answer;
      drawMesh();
    }
  } catch (error) {
    pickedAnswer = { decision: error.message, candidates: [] };
  }
}

function drawDetail(spots) {
  const spot = spots.find((one) => one.key === picked);
  const facts = spot?.peer ? peerFacts(spot.peer) : spot?.facts ?? [];
  const line = JSON.stringify([picked, facts, pickedAnswer]);
  const box = byId('detail');
  if (box.dataset.line === line) {
    return;
  }
  box.dataset.line = line;
  box.setAttribute('aria-live', 'off');
  const list = el('dl');
  facts.forEach(([name, value]) => list.append(el('dt', {}, name), el('dd', {}, value)));
  const parts = [el('h3', {}, spot?.name ?? 'Choose a node'), list];
  if (pickedAnswer) {
    parts.push(el('p', { class: 'decision' }, pickedAnswer.decision));
    parts.push(el('ul', {}, ...pickedAnswer.candidates.map((one) => el('li', {},
      el('span', { class: 'code' }, one.address),
      el('span', { class: 'quiet' }, one.rtt_ms === null ? one.result : show.milliseconds(one.rtt_ms))))));
  }
  box.replaceChildren(...parts);
}

const peerFacts = (peer) => [
  ['Address', peer.overlay_address],
  ['Carrier', peer.carrier === 'none' ? peer.state : peer.carrier],
  ['Since', show.since(peer.since)],
  ['RTT', show.milliseconds(peer.rtt_ms)],
  ['Quality', show.percent(peer.quality)],
  ['Underlay', peer.underlay ?? '–'],
  ...(peer.next_retry ? [['Next try', show.until(peer.next_retry)]] : []),
];

function legend() {
  const line = (kind, words) => el('li', {}, el('span', { class: 'key ' + kind }), el('span', {}, words));
  byId('mesh-legend').append(...(isRelay()
    ? [line('c-direct', 'connection'), line('dash c-relay', 'circuit')]
    : [line('c-direct', 'direct'), line('dash c-relay', 'through a relay'), line('round c-down', 'down')]));
}

/** A ring runs out from the peer to whom something just happened. */
function pulse(key, tone) {
  const spot = [...byId('mesh').children[1]?.children ?? []].find((one) => one.dataset.key === key);
  if (!spot) {
    return;
  }
  const ring = svg('circle', { class: 'pulse ' + tone, r: 26 });
  const holder = svg('g', { transform: spot.getAttribute('transform') }, ring);
  byId('mesh').children[2].append(holder);
  ring.addEventListener('animationend', () => holder.remove());
}

onEvent((name, data) => {
  if (name === 'handover') {
    pulse('peer ' + data.peer, show.carrierClass(data.to));
  } else if (name === 'migration') {
    const connection = state.parts.connections?.connections[data.connection_id];
    if (connection) {
      pulse((connection.kind === 'relay' ? 'relay ' : 'peer ') + connection.peer, 'c-migration');
    }
  }
  if (picked?.startsWith('peer ') && (name === 'handover' || name === 'peer')) {
    refreshAnswer({ key: picked, kind: 'peer', name: picked.slice('peer '.length) });
  }
});

// Connections as lines in time, with their migrations on them; and all migrations as a table.
import { connections, state } from './live.js';
import { byId, cell, el, svg, sync, syncOr } from './dom.js';
import * as show from './format.js';

const WINDOW_SECONDS = 900;
const WIDE = { width: 1200, left: 190, ticks: [15, 12, 9, 6, 3, 0] };
const NARROW = { width: 380, left: 118, ticks: [15, 10, 5, 0] };
const phone = matchMedia('(max-width: 800px)');
const frame = () => (phone.matches ? NARROW : WIDE);
const RIGHT = 16;
const ROW = 34;
const TOP = 26;
const ROWS_MAX = 24;

export function drawTimeline() {
  const box = byId('timeline');
  const rows = connections()
    .sort((a, b) => a.kind.localeCompare(b.kind) || a.peer.localeCompare(b.peer) || a.start_time.localeCompare(b.start_time))
    .slice(0, ROWS_MAX);
  if (box.childElementCount === 0) {
    box.append(svg('svg', { role: 'group', 'aria-labelledby': 'timeline-title' }, svg('g'), svg('g')));
    legend();
  }
  const picture = box.firstElementChild;
  const height = TOP + Math.max(1, rows.length) * ROW + 4;
  picture.setAttribute('viewBox', `0 0 ${frame().width} ${height}`);
  const now = Date.now() / 1000;
  const place = (time) => frame().left + Math.min(1, Math.max(0, 1 - (now - time) / WINDOW_SECONDS)) * (frame().width - frame().left - RIGHT);
  drawAxis(picture.children[0], now, place, height);
  sync(picture.children[1], rows, (row) => row.connection_id, createRow, (row, group) =>
    drawRow(row, group, TOP + rows.indexOf(row) * ROW + ROW / 2, now, place));
  drawTable();
}

function drawAxis(layer, now, place, height) {
  sync(layer, frame().ticks, (minutes) => minutes,
    (minutes) => svg('g', {}, svg('line', { class: 'axis' }), svg('text', { y: 12, 'text-anchor': minutes === 0 ? 'end' : 'middle' }, minutes === 0 ? 'now' : `−${minutes} min`)),
    (minutes, group) => {
      const x = place(now - minutes * 60).toFixed(1);
      const [line, label] = group.children;
      line.setAttribute('x1', x);
      line.setAttribute('x2', x);
      line.setAttribute('y1', TOP - 6);
      line.setAttribute('y2', height);
      label.setAttribute('x', x);
    });
}

function createRow() {
  return svg('g', {}, svg('text', { class: 'row', x: 0 }), svg('text', { x: 0 }), svg('line', { class: 'life' }), svg('g'));
}

function drawRow(row, group, y, now, place) {
  const [name, note, life, markLayer] = group.children;
  group.setAttribute('class', row.migration_state === 'FAILED' ? 'c-bad' : 'c-' + row.kind);
  name.textContent = row.peer.length > 17 && phone.matches ? row.peer.slice(0, 16) + '…' : row.peer.length > 28 ? row.peer.slice(0, 27) + '…' : row.peer;
  const id = row.connection_id.slice(0, 8);
  note.textContent = phone.matches ? id : `${row.kind} ${row.role} · ${id}`;
  name.setAttribute('y', y - 2);
  note.setAttribute('y', y + 12);
  life.setAttribute('x1', place(Date.parse(row.start_time) / 1000).toFixed(1));
  life.setAttribute('x2', place(now).toFixed(1));
  life.setAttribute('y1', y);
  life.setAttribute('y2', y);
  const events = row.migration_events.filter((event) => Date.parse(event.timestamp) / 1000 > now - WINDOW_SECONDS);
  sync(markLayer, events, (event) => event.timestamp + event.new_addr,
    (event) => svg('circle', { r: 8, tabindex: 0, role: 'img', class: 'mark' + (event.validated ? '' : ' failed'), 'aria-label': describe(event) },
      svg('title', {}, describe(event))),
    (event, mark) => {
      mark.setAttribute('cx', place(Date.parse(event.timestamp) / 1000).toFixed(1));
      mark.setAttribute('cy', y);
    });
}

const describe = (event) =>
  `${show.clock(event.timestamp)} ${event.old_addr} to ${event.new_addr}, ${show.words(event.cause)}`
  + (event.gap_ms === null ? '' : `, gap ${show.milliseconds(event.gap_ms)}`)
  + (event.validated ? '' : ', not validated');

function drawTable() {
  const all = (state.parts.migrations ?? []).slice(0, 100);
  syncOr(byId('migrations'), 'No connection has moved yet.', all, (one) => one.timestamp + one.connection_id + one.new_addr,
    () => el('tr'),
    (one, row) => row.replaceChildren(
      cell('Time', 'tight', show.clock(one.timestamp)),
      cell('Connection', 'tight code', one.connection_id.slice(0, 8)),
      cell('From', 'tight', one.old_addr), cell('To', 'tight', one.new_addr),
      cell('Cause', '', show.words(one.cause)), cell('Validated', '', one.validated ? 'yes' : 'no'),
      cell('Gap', 'num tight', show.milliseconds(one.gap_ms))));
}

function legend() {
  const item = (kind, words) => el('li', {}, el('span', { class: 'key ' + kind }), el('span', {}, words));
  byId('timeline-legend').append(item('c-direct', 'direct connection'), item('c-relay', 'relay connection'),
    item('round c-migration', 'migration'), item('hollow c-bad', 'failed'));
}

// Throughput, round trips and loss over the last quarter of an hour.
import { isRelay, onEvent, state } from './live.js';
import { byId, el, options, sync } from './dom.js';
import * as show from './format.js';

const WINDOW_SECONDS = 900;
const LINES_MAX = 8;
const HEIGHT = 190;

const NODE_CHARTS = [
  { id: 'throughput', title: 'Throughput', shown: show.rate, quantities: ['sent_bps', 'received_bps'], floor: 1000 },
  { id: 'rtt', title: 'Round trip', shown: show.milliseconds, quantities: ['rtt_ms'], kind: 'peer' },
  { id: 'loss', title: 'Loss', shown: show.percent, quantities: ['loss'], kind: 'peer', floor: 0.01 },
];
const RELAY_CHARTS = [
  { id: 'throughput', title: 'Spliced', shown: show.rate, quantities: ['spliced_bps'], floor: 1000 },
  { id: 'clients', title: 'Clients and circuits', shown: show.count, quantities: ['clients', 'circuits'], floor: 4 },
  { id: 'handshakes', title: 'Handshakes a second', shown: (v) => (v ?? 0).toFixed(1), quantities: ['handshakes_per_s'], floor: 1 },
];
const LABELS = {
  sent_bps: 'sent', received_bps: 'received', spliced_bps: 'through circuits',
  clients: 'clients', circuits: 'circuits', handshakes_per_s: 'handshakes',
};

const plots = new Map();
const marks = [];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function drawCharts() {
  const box = byId('charts');
  const charts = isRelay() ? RELAY_CHARTS : NODE_CHARTS;
  drawChoice();
  sync(box, charts, (chart) => chart.id, createChart, () => {});
  if (!document.hidden) {
    charts.forEach(drawChart);
  }
}

function drawChoice() {
  byId('chart-choice').hidden = isRelay();
  const names = [...state.series.values()].filter((one) => one.kind === 'peer').map((one) => one.name);
  options(byId('chart-series'), [['', 'all peers'], ...names.map((name) => [name, name])]);
}

function createChart(chart) {
  return el('div', { class: 'chart', id: 'chart-' + chart.id },
    el('h3', {}, chart.title, el('span', { class: 'quiet now' })),
    el('div', { class: 'plot', role: 'img', 'aria-label': chart.title + ' over the last 15 minutes' }),
    el('ul', { class: 'legend' }));
}

/** The lines of a chart: of the node as a whole, of one chosen peer, or of every peer. */
function lines(chart) {
  const chosen = byId('chart-series').value;
  const all = [...state.series.values()];
  let from = all.filter((one) => one.kind === (chart.kind ?? (isRelay() ? 'relay' : 'node')));
  if (chosen && !isRelay()) {
    from = all.filter((one) => one.kind === 'peer' && one.name === chosen);
  }
  const colours = all.filter((one) => one.kind === 'peer').map((one) => one.name);
  return from.flatMap((one) => chart.quantities
    .filter((quantity) => one.values[quantity]?.some((value) => value !== null))
    .map((quantity, i) => {
      const ofPeer = chart.quantities.length === 1 && one.kind === 'peer';
      return {
        label: ofPeer ? one.name : LABELS[quantity],
        values: one.values[quantity],
        tone: 1 + ((ofPeer ? colours.indexOf(one.name) : i) % LINES_MAX),
      };
    })).slice(0, LINES_MAX);
}

function drawChart(chart) {
  const all = lines(chart);
  const shape = all.map((line) => line.label).join('\n') + document.documentElement.dataset.theme;
  const box = byId('chart-' + chart.id);
  let plot = plots.get(chart.id);
  if (!plot || plot.shape !== shape) {
    plot?.plot.destroy();
    plot = { shape, plot: createPlot(chart, box.querySelector('.plot'), all) };
    plots.set(chart.id, plot);
  }
  plot.plot.setData([state.times, ...all.map((line) => line.values)]);
  sync(box.querySelector('.legend'), all, (line) => line.label,
    (line) => el('li', {}, el('span', { class: 'key c' + line.tone }), el('span', {})),
    (line, item) => { item.lastChild.textContent = `${line.label} ${chart.shown(line.values.at(-1))}`; });
}

function createPlot(chart, box, all) {
  const axis = {
    stroke: colour('--quiet'), font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false },
  };
  return new uPlot({
    width: Math.max(200, box.clientWidth), height: HEIGHT, padding: [8, 8, 0, 0],
    cursor: { sync: { key: 'quicmesh' }, y: false, drag: { x: false, y: false } },
    legend: { show: false },
    scales: {
      x: { range: () => { const now = Date.now() / 1000; return [now - WINDOW_SECONDS, now]; } },
      y: { range: (_, low, high) => [0, Math.max(chart.floor ?? 0, (high ?? 0) * 1.1) || 1] },
    },
    axes: [
      { ...axis, space: 60, size: 28, values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })) },
      { ...axis, size: 74, values: (_, ticks) => ticks.map((tick) => chart.shown(tick).replace('.0 ', ' ')) },
    ],
    series: [{}, ...all.map((line) => ({
      label: line.label, stroke: colour('--s' + line.tone), width: 1.75, spanGaps: false, points: { show: false },
    }))],
    hooks: { draw: [drawMarks], setCursor: [(plot) => drawCursor(chart, plot)] },
  }, [[], ...all.map(() => [])], box);
}

/** Migrations and handovers stand in the charts as upright lines. */
function drawMarks(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.time, 'x', true));
    if (x >= bbox.left && x <= bbox.left + bbox.width) {
      ctx.strokeStyle = colour(mark.colour);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}

function drawCursor(chart, plot) {
  const at = plot.cursor.idx;
  const now = byId('chart-' + chart.id).querySelector('.now');
  now.textContent = at === null || at === undefined || plot.cursor.left < 0 || !plot.data[0][at]
    ? ''
    : show.clock(plot.data[0][at] * 1000) + '  '
      + plot.data.slice(1).map((values) => chart.shown(values[at])).join(' · ');
}

/** Takes the marks from the lists, so that they are there after a reload as well. */
export function drawMarkList() {
  const oldest = Date.now() / 1000 - WINDOW_SECONDS;
  marks.length = 0;
  for (const migration of state.parts.migrations ?? []) {
    marks.push({ time: Date.parse(migration.timestamp) / 1000, colour: '--migration' });
  }
  for (const handover of state.parts.handovers ?? []) {
    marks.push({ time: Date.parse(handover.time) / 1000, colour: '--relay' });
  }
  marks.splice(0, marks.length, ...marks.filter((mark) => mark.time > oldest).slice(0, 200));
}

addEventListener('resize', () => {
  for (const [id, { plot }] of plots) {
    plot.setSize({ width: Math.max(200, byId('chart-' + id).clientWidth), height: HEIGHT });
  }
});
byId('chart-series').addEventListener('change', drawCharts);
document.addEventListener('themechange', () => state.parts.status && drawCharts());

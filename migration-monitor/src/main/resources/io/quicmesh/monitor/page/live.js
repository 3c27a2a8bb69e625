// What the daemon says: its state, its history, and what happens. One event stream, one store.

const SAMPLES_MAX = 900;
const ACTIVITY_MAX = 60;
const HAPPENINGS = [
  'migration-started', 'migration', 'handover-step', 'handover', 'peer', 'relay', 'alert',
];
/** These are shown where they happen; what they lead to is told in the list. */
const PASSING = ['migration-started', 'handover-step'];
const PARTS = [
  'status', 'peers', 'connections', 'migrations', 'handovers', 'clients', 'circuits',
];

export const state = {
  parts: {},
  times: [],
  series: new Map(),
  activity: [],
  link: 'connecting',
};

const listeners = { change: [], event: [] };

/** Calls back, at most once a frame, after the state changed. */
export const onChange = (listener) => listeners.change.push(listener);

/** Calls back for everything that happens: `(name, data)`. */
export const onEvent = (listener) => listeners.event.push(listener);

let drawing = false;

export function changed() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      listeners.change.forEach((listener) => listener(state));
    });
  }
}

/** Connects, and again after every loss; the browser waits two seconds in between. */
export function connect() {
  const stream = new EventSource('/api/events');
  stream.onopen = () => {
    state.link = 'live';
    loadHistory();
    changed();
  };
  stream.onerror = () => {
    state.link = 'lost';
    changed();
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(connect, 2000);
    }
  };
  for (const part of PARTS) {
    stream.addEventListener(part, (message) => {
      const first = !(part in state.parts);
      state.parts[part] = JSON.parse(message.data);
      if (first) {
        addEarlier(part);
      }
      changed();
    });
  }
  stream.addEventListener('sample', (message) => addSample(JSON.parse(message.data)));
  for (const name of HAPPENINGS) {
    stream.addEventListener(name, (message) => happened(name, JSON.parse(message.data)));
  }
}

export const peers = () => state.parts.peers?.peers ?? [];
export const connections = () => Object.values(state.parts.connections?.connections ?? {});
export const isRelay = () => state.parts.status?.kind === 'relay';

export async function ask(path) {
  const answer = await fetch(path);
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.error);
  }
  return body;
}

function happened(name, data) {
  if (!PASSING.includes(name)) {
    state.activity.unshift({ name, data, time: data.time ?? data.timestamp });
    state.activity.length = Math.min(state.activity.length, ACTIVITY_MAX);
  }
  listeners.event.forEach((listener) => listener(name, data));
  changed();
}

/** What happened before this page was opened, as far as the daemon still lists it. */
function addEarlier(part) {
  const earlier = { migrations: earlierMigration, handovers: earlierHandover }[part];
  if (earlier) {
    state.activity.push(...state.parts[part].map(earlier));
    state.activity.sort((a, b) => b.time.localeCompare(a.time));
    state.activity.length = Math.min(state.activity.length, ACTIVITY_MAX);
  }
}

const earlierMigration = (data) => ({
  name: 'migration', time: data.timestamp, earlier: true,
  data: { ...data, result: data.validated ? 'done' : 'failed' },
});

const earlierHandover = (data) => ({ name: 'handover', time: data.time, earlier: true, data });

async function loadHistory() {
  try {
    const history = await ask('/api/history');
    state.times = history.times.map((time) => Date.parse(time) / 1000);
    state.series = new Map(history.series.map((one) => [one.kind + ' ' + one.name, one]));
    changed();
  } catch (error) {
    console.warn('history: ' + error.message);
  }
}

function addSample(sample) {
  const time = Date.parse(sample.time) / 1000;
  if (state.times.length > 0 && time <= state.times[state.times.length - 1]) {
    return;
  }
  state.times.push(time);
  for (const { name, kind, values } of sample.series) {
    const key = kind + ' ' + name;
    if (!state.series.has(key)) {
      state.series.set(key, { name, kind, values: {} });
    }
    const kept = state.series.get(key).values;
    for (const [quantity, value] of Object.entries(values)) {
      kept[quantity] ??= [];
      pad(kept[quantity], state.times.length - 1);
      kept[quantity].push(value);
    }
  }
  for (const { values } of state.series.values()) {
    Object.values(values).forEach((list) => pad(list, state.times.length));
  }
  const over = state.times.length - SAMPLES_MAX;
  if (over > 0) {
    state.times.splice(0, over);
    for (const { values } of state.series.values()) {
      Object.values(values).forEach((list) => list.splice(0, over));
    }
  }
  changed();
}

function pad(list, length) {
  while (list.length < length) {
    list.push(null);
  }
}

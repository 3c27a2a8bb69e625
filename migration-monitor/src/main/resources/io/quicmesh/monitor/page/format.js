// Figures as people read them.

const UNKNOWN = '–';
const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function milliseconds(value) {
  if (value === null || value === undefined) {
    return UNKNOWN;
  }
  if (value >= 10000) {
    return (value / 1000).toFixed(1) + ' s';
  }
  return (value >= 100 ? value.toFixed(0) : value.toFixed(1)) + ' ms';
}

export function percent(share) {
  if (share === null || share === undefined) {
    return UNKNOWN;
  }
  return (share * 100).toFixed(share === 0 || share >= 0.1 ? 0 : 1) + ' %';
}

const scaled = (value, step, units) => {
  let rest = value;
  let at = 0;
  while (rest >= step && at < units.length - 1) {
    rest /= step;
    at++;
  }
  return (at === 0 || rest >= 100 ? rest.toFixed(0) : rest.toFixed(1)) + ' ' + units[at];
};

export const rate = (bps) =>
  bps === null || bps === undefined
    ? UNKNOWN
    : scaled(bps, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']);

export const bytes = (value) => scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);

export const count = (value) => COUNT.format(value);

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) {
    return `${days} d ${hours} h`;
  }
  if (hours > 0) {
    return `${hours} h ${minutes} min`;
  }
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

export const since = (iso) =>
  iso === null ? UNKNOWN : duration((Date.now() - Date.parse(iso)) / 1000);

export const until = (iso) => {
  const left = (Date.parse(iso) - Date.now()) / 1000;
  return left <= 0 ? 'now' : 'in ' + duration(left);
};

export const clock = (iso) => new Date(iso).toLocaleTimeString('en-GB');

/** A carrier as words: `relay:192.0.2.1:4433` becomes `relay 192.0.2.1:4433`. */
export const carrier = (name) => name.replace(/^relay:/, 'relay ');

/** The class of a carrier's colour. */
export const carrierClass = (name) => 'c-' + name.split(':')[0];

export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** Causes and reasons are keys with underscores. */
export const words = (key) => key.replaceAll('_', ' ');

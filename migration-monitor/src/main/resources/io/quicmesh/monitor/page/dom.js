// Building and updating elements. Text goes in as text only, so nothing that a peer is called
// can become markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const el = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

export const byId = (id) => document.getElementById(id);

/** Sets the text if it differs, so that what the user selected stays selected. */
export function text(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/**
 * Makes the children of an element those of a list, reusing the element of each key: focus and
 * animations survive an update. `draw(item, element)` fills a new or an old element.
 */
export function sync(parent, items, key, create, draw) {
  const known = new Map();
  for (const child of parent.children) {
    known.set(child.dataset.key, child);
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let element = known.get(name);
    if (element) {
      known.delete(name);
    } else {
      element = create(item);
      element.dataset.key = name;
    }
    draw(item, element);
    if (element === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(element, place);
    }
  }
  known.forEach((child) => child.remove());
}

/** A list that says so when it is empty. */
export function syncOr(parent, empty, items, key, create, draw) {
  if (items.length === 0) {
    const tag = parent.tagName === 'TBODY' ? 'tr' : 'li';
    sync(parent, [empty], () => '(empty)', () => emptyLine(tag, empty), () => {});
  } else {
    sync(parent, items, key, create, draw);
  }
}

function emptyLine(tag, line) {
  return tag === 'tr'
    ? el('tr', {}, el('td', { class: 'empty whole', colspan: 12 }, line))
    : el('li', { class: 'empty' }, line);
}

/** Offers choices in a select without losing the one that is made. */
export function options(select, choices) {
  const now = choices.map(([value, label]) => value + '\n' + label).join('\n\n');
  if (select.dataset.choices === now) {
    return;
  }
  const before = select.value;
  select.dataset.choices = now;
  select.replaceChildren(...choices.map(([value, label]) => el('option', { value }, label)));
  if (choices.some(([value]) => value === before)) {
    select.value = before;
  }
}

/** A row of cells; the label of a cell stands before it where the table is stacked. */
export function cell(label, kind, ...children) {
  return el('td', { 'data-label': label, class: kind }, ...children);
}

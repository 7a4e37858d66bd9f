// Filters for who has scripts; without them all is shown, and nothing is lost.
const form = document.getElementById('filters');
const names = ['environments', 'kinds', 'levels'];
const values = form === null ? [] : JSON.parse(form.dataset.values);
const found = [...document.querySelectorAll('[data-tags]')].map(element => ({
  element,
  tags: JSON.parse(element.dataset.tags),
}));
const sections = [...document.querySelectorAll('.filtered')];

/** What is chosen, filter by filter; nothing chosen leaves everything. */
function chosen() {
  const data = new FormData(form);
  return names
    .map((name, filter) => [
      filter,
      data
        .getAll(name)
        .filter(value => value !== '')
        .map(value => values[filter].indexOf(value.slice(1))),
    ])
    .filter(([, selected]) => selected.length > 0);
}

function matches(tags, filters) {
  return filters.every(
    ([filter, selected]) =>
      tags[filter] === undefined || tags[filter].some(tag => selected.includes(tag)),
  );
}

function apply() {
  const filters = chosen();
  for (const { element, tags } of found) element.hidden = !matches(tags, filters);
  for (const section of sections) {
    const isEmpty =
      section.querySelector('.entry') !== null &&
      section.querySelector('.entry:not([hidden])') === null;
    const note = section.querySelector(':scope > .no-match');
    if (note === null) section.hidden = isEmpty;
    else note.hidden = !isEmpty;
  }
  for (const fold of document.querySelectorAll('.wholesale'))
    fold.open = filters.length > 0 && !fold.hidden;
  form.querySelector('button').hidden = filters.length === 0;
  const entries = document.querySelectorAll('.entry').length;
  const shown = document.querySelectorAll('.entry:not([hidden])').length;
  document.getElementById('shown').value =
    filters.length === 0 ? `all ${entries} shown` : `${shown} of ${entries} shown`;
}

/** A link leads to its entry even where a filter or a fold hides it. */
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (target === null) return;
  if (target.closest('[hidden]') !== null) {
    form.reset();
    apply();
  }
  const fold = target.closest('details');
  if (fold !== null) fold.open = true;
  target.scrollIntoView();
}

if (form !== null) {
  form.hidden = false;
  form.addEventListener('change', apply);
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', event => event.preventDefault());
  apply();
}
addEventListener('hashchange', reveal);

// Search, and one environment at a time, for who has scripts; without them all is there.
const form = document.getElementById('search');
const input = document.getElementById('words');
const onlyMissing = document.getElementById('only-missing');
const worlds = [...document.querySelectorAll('.world')];
const links = [...document.querySelectorAll('nav a')];

/** What is open as long as nothing is searched for: what is missing, or everything. */
const openAtFirst = new Set(document.querySelectorAll('details[open]'));

/** So few are opened at once. */
const FEW = 5;

/** What is searched for: rows, and what has none. */
const entriesIn = element => [...element.querySelectorAll('tbody tr, .entry:not(:has(tbody))')];

const textOf = element => element.textContent.toLowerCase();

/** The environment that the address names, or else the first in which something is missing. */
function chosenWorld() {
  const named = document.getElementById(location.hash.slice(1))?.closest('.world');
  const lacking = document.querySelector('nav a:has(.bad)')?.hash.slice(1);
  return named ?? worlds.find(({ id }) => id === lacking) ?? worlds[0];
}

/** What is searched: an environment, or the whole page where it has no links to several. */
function choose() {
  if (links.length === 0) return document;
  const chosen = chosenWorld();
  for (const world of worlds) world.hidden = world !== chosen;
  for (const link of links) link.toggleAttribute('aria-current', link.hash === `#${chosen.id}`);
  return chosen;
}

function apply() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const isLacking = onlyMissing?.checked === true;
  const isFound = entry =>
    (!isLacking || entry.classList.contains('bad')) &&
    words.every(word => textOf(entry).includes(word));
  const scope = choose();
  show(scope, new Set(entriesIn(scope).filter(isFound)), words.length > 0 || isLacking);
}

/** Shows what was found; as long as nothing is asked for, all is as at first. */
function show(scope, found, isAsked) {
  const entries = entriesIn(scope);
  for (const entry of entries) {
    entry.hidden = !found.has(entry);
    entry.open = isAsked ? found.size <= FEW && !entry.hidden : openAtFirst.has(entry);
  }
  for (const part of scope.querySelectorAll('.part, .world')) {
    part.hidden = isAsked && entriesIn(part).every(entry => entry.hidden);
    part.open = isAsked || openAtFirst.has(part);
  }
  for (const map of scope.querySelectorAll('.map')) map.hidden = isAsked;
  document.querySelector('.no-match').hidden = !isAsked || found.size > 0;
  document.getElementById('shown').value = isAsked ? `${found.size} of ${entries.length}` : '';
}

/** A link leads to its entry even where a search hides it. */
function follow() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.closest('.entry') != null) form.reset();
  apply();
  for (
    let fold = target?.closest('details');
    fold != null;
    fold = fold.parentElement.closest('details')
  )
    fold.open = true;
  target?.scrollIntoView();
}

form.hidden = entriesIn(document).length === 0;
form.addEventListener('input', apply);
form.addEventListener('submit', event => event.preventDefault());
addEventListener('hashchange', follow);
follow();

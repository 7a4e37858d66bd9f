// Search for who has scripts; without them all is there.
const form = document.getElementById('search');
const input = document.getElementById('words');
const onlyMissing = document.getElementById('only-missing');
const secrets = [...document.querySelectorAll('.one')];
const namespaces = [...document.querySelectorAll('.namespace')];

/** What is open as long as nothing is searched for: what is missing, or everything. */
const openAtFirst = new Set([...secrets, ...namespaces].filter(fold => fold.open));

/** So few are opened at once. */
const FEW = 5;

function apply() {
  const words = input.value
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const isAsked = words.length > 0 || onlyMissing?.checked === true;
  const found = secrets.filter(
    secret =>
      (onlyMissing?.checked !== true || secret.classList.contains('bad')) &&
      words.every(word => secret.dataset.words.includes(word)),
  );
  const shown = new Set(found);
  for (const secret of secrets) {
    secret.hidden = !shown.has(secret);
    const isFound = found.length <= FEW && shown.has(secret);
    secret.open = isAsked ? isFound : openAtFirst.has(secret);
  }
  for (const namespace of namespaces) {
    namespace.hidden = namespace.querySelector('.one:not([hidden])') === null;
    namespace.open = isAsked ? !namespace.hidden : openAtFirst.has(namespace);
  }
  for (const world of document.querySelectorAll('.world'))
    world.hidden = isAsked && world.querySelector('.one:not([hidden])') === null;
  document.querySelector('.no-match').hidden = found.length > 0 || secrets.length === 0;
  document.getElementById('shown').value = isAsked ? `${found.length} of ${secrets.length}` : '';
}

form.hidden = secrets.length === 0;
form.addEventListener('input', apply);
form.addEventListener('submit', event => event.preventDefault());

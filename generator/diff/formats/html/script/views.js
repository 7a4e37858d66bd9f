// Manifests that the page keeps as data are rendered when somebody opens them.
const kept = document.getElementById('kept');
const { lines, views } = kept === null ? { lines: [], views: [] } : JSON.parse(kept.textContent);

/** `4+2 9`: three lines that follow each other, and one more. */
function linesOf(runs) {
  if (runs === '') return [];
  return runs.split(' ').flatMap(run => {
    const [from, more = 0] = run.split('+').map(Number);
    return lines.slice(from, from + more + 1);
  });
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

function passage(code) {
  const [what, text] = [code[0], code.slice(1)];
  if (what === 'r') {
    const [base, head] = text.split('|').map(linesOf);
    const side = (all, name, className) =>
      element('pre', className, ...all.map(line => element(name, '', line)));
    return element('div', 'row', side(base, 'del', 'base'), side(head, 'ins', 'head'));
  }
  const lines = linesOf(text);
  if (what === 'm') return element('pre', 'manifest', lines.join('\n'));
  const shown = element('pre', '', lines.join('\n'));
  if (what === 'f')
    return element(
      'details',
      'fold',
      element('summary', '', `${lines.length} unchanged lines`),
      shown,
    );
  const copy = shown.cloneNode(true);
  copy.setAttribute('aria-hidden', 'true');
  return element('div', 'row', shown, copy);
}

function render(details) {
  const passages = views[Number(details.dataset.view)].map(passage);
  delete details.dataset.view;
  if (passages[0].className === 'manifest') details.append(...passages);
  else {
    const titles = element(
      'div',
      'sides-head',
      element('span', '', 'before'),
      element('span', '', 'after'),
    );
    titles.setAttribute('aria-hidden', 'true');
    details.append(titles, element('div', 'sides', ...passages));
  }
}

// What opens tells so on the way down: it does not bubble.
addEventListener(
  'toggle',
  ({ target }) => {
    if (target.dataset?.view !== undefined && target.open) render(target);
  },
  true,
);

const light = {
  page: '#ffffff',
  box: '#f6f8fa',
  line: '#d0d7de',
  text: '#1f2328',
  quiet: '#59636e',
  bad: '#cf222e',
  missing: '#ffebe9',
  store: '#0969da',
  maker: '#8250df',
  secret: '#bf8700',
  reader: '#1a7f37',
};

const dark: typeof light = {
  page: '#0d1117',
  box: '#161b22',
  line: '#3d444d',
  text: '#f0f6fc',
  quiet: '#9198a1',
  bad: '#f85149',
  missing: '#3c1618',
  store: '#4493f8',
  maker: '#ab7df8',
  secret: '#d29922',
  reader: '#3fb950',
};

function colorRules(colors: typeof light): string {
  const { page, box, line, text, quiet, bad, missing } = colors;
  const roles = ['store', 'maker', 'secret', 'reader'] as const;
  return [
    `.page{fill:${page}}`,
    `.box{fill:${box};stroke:${line}}`,
    `text{fill:${text}}`,
    `.kind,.label{fill:${quiet}}`,
    `.label{stroke:${page}}`,
    `.arrow.good{stroke:${quiet}}`,
    `marker.good path{fill:${quiet}}`,
    ...roles.map(role => `.${role} .edge{fill:${colors[role]}}`),
    `.arrow.bad{stroke:${bad}}`,
    `marker.bad path,.label.bad,.lost,.missing .line,.missing .name{fill:${bad}}`,
    `.missing .edge{fill:${bad}}`,
    `.missing .box{fill:${missing};stroke:${bad}}`,
  ].join('');
}

/** The look, and the same by night. No variables: not every program that shows SVG knows them. */
export const STYLE: string = [
  'text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:12px}',
  '.heading{font-size:18px;font-weight:600}',
  '.kind{font-size:10.5px}',
  '.name{font-size:13px;font-weight:600}',
  '.line{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:11px}',
  '.label{font-size:10px;text-anchor:end;paint-order:stroke;stroke-width:3px}',
  '.arrow{fill:none;stroke-width:1.3}',
  '.arrow.bad,.missing .box{stroke-dasharray:5 3}',
  colorRules(light),
  `@media (prefers-color-scheme:dark){${colorRules(dark)}}`,
].join('');

const ENTRIES = [
  ['store', 'store'],
  ['maker', 'makes the Secret'],
  ['secret', 'Secret and its keys'],
  ['reader', 'reads it'],
  ['secret missing', 'missing: nothing makes it, or not this key'],
] as const;

const STEP = 165;

export const LEGEND_WIDTH: number = ENTRIES.length * STEP + 90;

/** What the colours mean. */
export function legend(): string {
  return ENTRIES.map(([style, text], index) => {
    const box =
      '<rect class="box" width="26" height="18" rx="4"/><rect class="edge" x="0" y="3" width="4" height="12" rx="2"/>';
    return `<g class="${style}" transform="translate(${index * STEP} 0)">${box}<text x="34" y="13">${text}</text></g>`;
  }).join('');
}

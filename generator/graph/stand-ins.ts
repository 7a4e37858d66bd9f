/** What a tool or a shell fills in, wherever it stands in a text. */
const FILLED_IN = [
  '\\{\\{[^{}]{0,200}\\}\\}',
  '\\$\\{[^{}]{0,200}\\}',
  '\\{(?:(?:env|file|secret|vault)[.:])?[\\w./-]{1,100}\\}', // Caddy, Python's format
  '(?<![^\\s=:/"\'(,;@\\[{])\\$[A-Za-z_]\\w{0,99}(?![^\\s"\'@/:;,)}\\]&|?#])',
];

/** What people write where a secret is to be put. */
const DUMMIES = [
  'change[-_ ]?(?:me|this|it)',
  'replace[-_ ]?(?:me|this|with)',
  'your[-_ ]',
  'placeholder',
  'example',
  'dummy',
  'redacted',
  'x{3,99}',
  '\\*{3,99}',
];

const STAND_INS = new RegExp([...FILLED_IN, ...DUMMIES].join('|'), 'gi');

/** The same text with `<>` for each variable, template and dummy: no secret holds that. */
export function withoutStandIns(text: string): string {
  return text.replaceAll(STAND_INS, '<>');
}

/** The lines of a text that programs pass over. */
const COMMENT = /^[ \t]{0,200}(?:#|\/\/|;|-- )[^\n]*$/gm;

/** The same text without its comments: a text of one line has none. */
export function withoutComments(text: string): string {
  return text.includes('\n') ? text.replaceAll(COMMENT, '') : text;
}

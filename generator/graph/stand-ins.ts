/** What a tool or a shell fills in, wherever it stands in a text, and what people write where a secret is to be put. */
const STAND_INS: readonly RegExp[] = [
  /\{\{[^{}]{0,200}\}\}/g,
  /\$\{[^{}]{0,200}\}/g,
  /\{(?:(?:env|file|secret|vault)[.:])?[\w./-]{1,100}\}/gi, // Caddy, Python's format
  /(?<![^\s=:/"'(,;@[{])\$[A-Za-z_]\w{0,99}(?![^\s"'@/:;,)}\]&|?#])/g,
  /change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|your[-_ ]/gi,
  /placeholder|example|dummy|redacted|x{3,99}|\*{3,99}/gi,
];

/** The same text with `<>` for each variable, template and dummy: no secret holds that. */
export function withoutStandIns(text: string): string {
  return STAND_INS.reduce((left, expression) => left.replaceAll(expression, '<>'), text);
}

/** The lines of a text that programs pass over. */
const COMMENT = /^[ \t]{0,200}(?:#|\/\/|;|-- )[^\n]*$/gm;

/** The same text without its comments: a text of one line has none. */
export function withoutComments(text: string): string {
  return text.includes('\n') ? text.replaceAll(COMMENT, '') : text;
}

/**
 * A text on one line, with nothing in it that cannot be seen: control characters would break the
 * line or the terminal, and those that turn the direction of writing show another name than there is.
 */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, character => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? unitsOf(character) : escaped;
  });
}

/** `\u202e`, for each unit of UTF-16. */
function unitsOf(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/**
 * What cannot be seen: control characters would break the line or the terminal, those that turn the
 * direction of writing show another name than there is, and those without a width show none.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Nearly every text is such; V8 takes a hundredth of a short run to compile what is unseen. */
const SEEN = /^[ -~]*$/;

/** A text on one line, with nothing in it that cannot be seen or that a CI server obeys. */
export function oneLine(text: string): string {
  return (SEEN.test(text) ? text : text.replaceAll(UNSEEN, escaped))
    .replace(/^\s*:(?=:)/, start => start.slice(0, -1) + escaped(':'))
    .replaceAll(COMMAND, escaped);
}

/** Talk of several lines, each shown so. */
export function shownLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/**
 * The sign that makes a command of `##[error]` anywhere in a log (GitHub: actions/runner,
 * ActionCommand.cs; it obeys `::error` too where that is first in a line), of `##vso[` (Azure) and
 * of `##teamcity[`.
 */
export const COMMAND: RegExp = /#(?=#[A-Za-z]{0,20}\[)/g;

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short === character ? unitsOf(character) : short;
}

/** `\u202e`, for each unit of UTF-16. */
export function unitsOf(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

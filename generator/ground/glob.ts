/**
 * Whether a text matches a pattern with `*` (any characters) and `?` (one), as IAM has it. Takes
 * time proportional to both lengths multiplied, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  for (let i = 0; i < text.length; ) {
    const sign = pattern[at];
    if (sign === '*') {
      [star, mark] = [at, i];
      at++;
    } else if (sign === '?' || (sign !== undefined && sign === text[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      mark++;
      [at, i] = [star + 1, mark];
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}

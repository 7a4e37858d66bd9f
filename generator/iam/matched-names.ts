/** What all names begin with that a part of a regular expression matches. */
export interface MatchedNames {
  readonly begin: string;
  /** No name is longer: the beginning is the name. */
  readonly isWhole: boolean;
}

/** A way through a regular expression, as far as its letters are certain. */
interface Way {
  readonly begin: string;
  /** It begins where the name begins. */
  readonly isAnchored: boolean;
  readonly state: 'going on' | 'open' | 'ended';
}

const ALL: readonly MatchedNames[] = [{ begin: '', isWhole: false }];

/** More ways than anybody writes by hand: a policy would not hold them. */
const MOST_WAYS = 50;

/** The beginnings of names that a Go regular expression matches: `^shop/(db|api)-` gives `shop/db-` and `shop/api-`. */
export function matchedNames(regexp: string): readonly MatchedNames[] {
  const ways = regexp.length > LONGEST ? undefined : new Parser(regexp).all();
  if (ways === undefined || ways.some(({ begin, isAnchored }) => !isAnchored || begin === ''))
    return ALL;
  const names = ways.map(({ begin, state }) => ({ begin, isWhole: state === 'ended' }));
  const isCovered = ({ begin, isWhole }: MatchedNames, index: number): boolean =>
    names.some((name, at) => {
      if (at === index) return false;
      const isSame = name.begin === begin && name.isWhole === isWhole;
      return isSame ? at < index : !name.isWhole && begin.startsWith(name.begin);
    });
  return names.filter((name, index) => !isCovered(name, index));
}

/** A sign that a name of Secrets Manager may have, by itself or after a backslash: none is a pattern of IAM. */
const LETTER = /^(?:\\[-/_+=.@]|[-\w/=@])$/;

/** A class, a count, the beginning of a group, or a sign. */
const TOKEN = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\]){0,100}\]|\{[^}]{0,20}\}|\(\?:|[\s\S]/g;

/** In characters: a longer expression is not taken apart. */
const LONGEST = 1000;

class Parser {
  private at = 0;
  private readonly tokens: readonly string[];

  constructor(regexp: string) {
    this.tokens = regexp.match(TOKEN) ?? [];
  }

  /** Undefined: it is too much, or it has what this does not read. */
  all(): readonly Way[] | undefined {
    if (this.tokens.some((token, index) => token === '(' && this.tokens[index + 1] === '?'))
      return undefined; // Flags and names of groups.
    const ways = this.alternatives();
    return this.at === this.tokens.length && ways.length <= MOST_WAYS ? ways : undefined;
  }

  private alternatives(): readonly Way[] {
    const ways = [...this.sequence()];
    while (this.tokens[this.at] === '|') {
      this.at += 1;
      ways.push(...this.sequence());
    }
    return ways;
  }

  private sequence(): readonly Way[] {
    let ways: readonly Way[] = [{ begin: '', isAnchored: false, state: 'going on' }];
    for (;;) {
      const token = this.tokens[this.at];
      if (token === undefined || token === '|' || token === ')') return ways;
      this.at += 1;
      const parts = this.repeated(this.part(token));
      ways = ways
        .flatMap(way =>
          way.state === 'going on'
            ? parts.map(part => ({
                begin: way.begin + part.begin,
                isAnchored: way.isAnchored || (way.begin === '' && part.isAnchored),
                state: part.state,
              }))
            : [way],
        )
        .slice(0, MOST_WAYS + 1);
    }
  }

  private part(token: string): readonly Way[] {
    if (token === '^') return [{ begin: '', isAnchored: true, state: 'going on' }];
    if (token === '$') return [{ begin: '', isAnchored: false, state: 'ended' }];
    if (token === '(' || token === '(?:') {
      const ways = this.alternatives();
      this.at += 1;
      return ways;
    }
    return LETTER.test(token)
      ? [{ begin: token.slice(-1), isAnchored: false, state: 'going on' }]
      : [{ begin: '', isAnchored: false, state: 'open' }];
  }

  /** What a sign after a part makes of it: the part may be left out, or come again. */
  private repeated(parts: readonly Way[]): readonly Way[] {
    const sign = this.tokens[this.at] ?? '';
    if (!/^[?*+{]/.test(sign)) return parts;
    this.at += 1;
    if (sign !== '+') return [{ begin: '', isAnchored: false, state: 'open' }];
    return parts.map(part => ({ ...part, state: 'open' }));
  }
}

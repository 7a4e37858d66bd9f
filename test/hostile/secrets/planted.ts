/*
 * Values that look like what people choose: nothing but the place tells that one is a secret. Each
 * is made when the test runs, so that no scanner takes these files for ones that hold secrets.
 */

const WORDS = ['badger', 'lantern', 'walnut', 'pebble', 'kestrel', 'saffron', 'tundra', 'clover'];

/** A place for a secret in a file: the text before and after it. */
export interface Planted {
  readonly place: string;
  readonly values: Readonly<Record<Side, string>>;
}

export type Side = 'base' | 'head';

/** Plants values into texts, each once, and knows them all. */
export class Planter {
  readonly planted: Planted[] = [];
  private readonly sideOf: (number: number) => Side;

  /** `side`: of all values, or of the one with this number in their order. */
  constructor(side: Side | ((number: number) => Side)) {
    this.sideOf = typeof side === 'string' ? () => side : side;
  }

  /** A text with its places filled: `‹PLACE›`, `‹#PLACE›` for a number, `‹64:PLACE›` for base64. */
  fill(text: string): string {
    return text.replaceAll(/‹(#|64:)?(.*?)›/g, (_, form: string | undefined, place: string) => {
      if (form === '#') return this.plantNumber(place);
      const value = this.plant(place);
      return form === undefined ? value : Buffer.from(value).toString('base64');
    });
  }

  /** A value of this side; the same place has another on the other side. */
  plant(place: string): string {
    const number = this.planted.length;
    const word = WORDS[number % WORDS.length] ?? '';
    return this.keep(place, { base: `${word}${number}-q`, head: `${word}${number}-w` });
  }

  /** A number, as of a card or a phone. */
  plantNumber(place: string): string {
    const number = 730_100 + this.planted.length;
    return this.keep(place, { base: `${number}31`, head: `${number}47` });
  }

  private keep(place: string, values: Planted['values']): string {
    this.planted.push({ place, values });
    return values[this.sideOf(this.planted.length - 1)];
  }
}

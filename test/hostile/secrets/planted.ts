/*
 * Values that look like what people choose: nothing but the place tells that one is a secret. Each
 * is made when the test runs, so that no scanner takes these files for ones that hold secrets.
 */

const WORDS = ['badger', 'lantern', 'walnut', 'pebble', 'kestrel', 'saffron', 'tundra', 'clover'];

/** A place for a secret in a file: the text before and after it. */
export interface Planted {
  readonly place: string;
  readonly values: Readonly<Record<'base' | 'head', string>>;
}

/** Plants values into texts, each once, and knows them all. */
export class Planter {
  readonly planted: Planted[] = [];
  readonly side: 'base' | 'head';

  constructor(side: 'base' | 'head') {
    this.side = side;
  }

  /** A value of this side; the same place has another on the other side. */
  plant(place: string): string {
    const number = this.planted.length;
    const word = WORDS[number % WORDS.length] ?? '';
    const values = { base: `${word}${number}-q`, head: `${word}${number}-w` };
    this.planted.push({ place, values });
    return values[this.side];
  }

  /** A number, as of a card or a phone. */
  plantNumber(place: string): string {
    const number = 730_100 + this.planted.length;
    const values = { base: `${number}31`, head: `${number}47` };
    this.planted.push({ place, values });
    return values[this.side];
  }
}

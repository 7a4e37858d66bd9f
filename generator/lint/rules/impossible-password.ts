import { type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { clusterGenerator, passwordGenerator } from '../../kinds/eso/generators.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { FaultText, Rule } from '../rule.ts';

export const impossiblePassword: Rule = {
  id: 'impossible-password',
  severity: 'error',
  isLocal: true,

  *check({ objects }) {
    for (const object of objects) {
      const path = specPath(object);
      const spec = path === undefined ? {} : mapAt(object.json, ...path);
      const fault = path && faultOf(spec);
      if (path === undefined || fault === undefined) continue;
      const { field, ...text } = fault;
      yield { object, path: Object.hasOwn(spec, field) ? [...path, field] : path, ...text };
    }
  },
};

/** The place of the settings of a Password generator. */
function specPath(object: PlacedObject): readonly string[] | undefined {
  if (object.known === passwordGenerator) return ['spec'];
  const isPassword = textAt(specOf(object), 'kind') === passwordGenerator.kind;
  return object.known === clusterGenerator && isPassword
    ? ['spec', 'generator', 'passwordSpec']
    : undefined;
}

type Fault = FaultText & { readonly field: string };

/** The defaults of ESO (password.go 0.16.2), and how many characters there are (go-password 0.3.1, Generate). */
const DEFAULT_LENGTH = 24;
const SHARE = 0.25;
const LETTERS = 26;
const DIGITS = 10;
const SYMBOLS = 30;

function faultOf(spec: JsonObject): Fault | undefined {
  const length = Math.max(0, numberAt(spec, 'length') ?? 0) || DEFAULT_LENGTH;
  const share = Math.trunc(length * SHARE);
  const digits = numberAt(spec, 'digits') ?? share;
  const symbols = numberAt(spec, 'symbols') ?? share;
  const letters = length - digits - symbols;
  const what = `a password of ${length} characters`;
  if (letters < 0)
    return {
      field: 'length',
      message: `${what} has no room for ${digits} digits and ${symbols} symbols`,
      hint: 'Ask for fewer, or for a longer password.',
    };
  return spec['allowRepeat'] === true
    ? undefined
    : repeated(spec, what, { digits, symbols, letters });
}

/** Without repetition there have to be enough different characters. */
function repeated(
  spec: JsonObject,
  what: string,
  { digits, symbols, letters }: Readonly<Record<'digits' | 'symbols' | 'letters', number>>,
): Fault | undefined {
  const mostSymbols = textAt(spec, 'symbolCharacters')?.length || SYMBOLS;
  const mostLetters = spec['noUpper'] === true ? LETTERS : 2 * LETTERS;
  const amounts = [
    { name: 'digits', field: 'digits', count: digits, most: DIGITS },
    { name: 'symbols', field: 'symbols', count: symbols, most: mostSymbols },
    { name: 'letters', field: 'length', count: letters, most: mostLetters },
  ];
  const excess = amounts.find(({ count, most }) => count > most);
  if (excess === undefined) return undefined;
  const { name, field, count, most } = excess;
  return {
    field,
    message: `${what} cannot have ${count} different ${name}: there are ${most}`,
    hint: `Set allowRepeat: true, or ask for fewer ${name}; digits and symbols are a quarter of the length each where they are left out.`,
  };
}

function numberAt(spec: JsonObject, field: string): number | undefined {
  const value = spec[field];
  return typeof value === 'number' ? value : undefined;
}

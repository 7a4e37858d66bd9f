import { type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { passwordGenerator, settingsPath } from '../../kinds/eso/generators.ts';
import { localError, type Rule } from '../rule.ts';

export const impossiblePassword: Rule = localError('impossible-password', 'objects', object => {
  const path = settingsPath(object, passwordGenerator.kind, 'passwordSpec');
  if (path === undefined) return undefined;
  const spec = mapAt(object.json, ...path);
  return faultsOf(spec).map(({ field, ...text }) => ({
    path: Object.hasOwn(spec, field) ? [...path, field] : path,
    ...text,
  }));
});

/** The defaults of ESO (password.go 0.16.2), and how many characters there are (go-password 0.3.1, Generate). */
const DEFAULT = { length: 24, share: 0.25 };
const CHARACTERS = { letters: 26, digits: 10, symbols: 30 };

function faultsOf(spec: JsonObject) {
  const length = Math.max(0, numberAt(spec, 'length') ?? 0) || DEFAULT.length;
  const share = Math.trunc(length * DEFAULT.share);
  const digits = numberAt(spec, 'digits') ?? share;
  const symbols = numberAt(spec, 'symbols') ?? share;
  const letters = length - digits - symbols;
  const what = `a password of ${length} characters`;
  if (letters < 0) {
    const message = `${what} has no room for ${digits} digits and ${symbols} symbols`;
    return [{ field: 'length', message, hint: 'Ask for fewer, or for a longer password.' }];
  }
  if (spec['allowRepeat'] === true) return [];
  // Without repetition there have to be enough different characters.
  const mostSymbols = textAt(spec, 'symbolCharacters')?.length || CHARACTERS.symbols;
  const mostLetters = CHARACTERS.letters * (spec['noUpper'] === true ? 1 : 2);
  const amounts = [
    { name: 'digits', field: 'digits', count: digits, most: CHARACTERS.digits },
    { name: 'symbols', field: 'symbols', count: symbols, most: mostSymbols },
    { name: 'letters', field: 'length', count: letters, most: mostLetters },
  ];
  const excess = amounts.filter(({ count, most }) => count > most).slice(0, 1);
  return excess.map(({ name, field, count, most }) => ({
    field,
    message: `${what} cannot have ${count} different ${name}: there are ${most}`,
    hint: `Set allowRepeat: true, or ask for fewer ${name}; digits and symbols are a quarter of the length each where they are left out.`,
  }));
}

function numberAt(spec: JsonObject, field: string): number | undefined {
  const value = spec[field];
  return typeof value === 'number' ? value : undefined;
}

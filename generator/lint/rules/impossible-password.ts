import type { Path } from '../../core/finding.ts';
import { type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { clusterGenerator, passwordGenerator } from '../../kinds/eso/generators.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const impossiblePassword: Rule = {
  id: 'impossible-password',
  severity: 'error',
  summary: 'Each Password generator asks for a password that can be made.',
  isLocal: true,

  *check({ objects }) {
    for (const object of objects) {
      const found = passwordOf(object);
      const fault = found === undefined ? undefined : faultOf(found.spec);
      if (found === undefined || fault === undefined) continue;
      const { field, ...told } = fault;
      const isGiven = Object.hasOwn(found.spec, field);
      yield { object, path: isGiven ? [...found.path, field] : found.path, ...told };
    }
  },
};

function passwordOf(
  object: PlacedObject,
): { readonly spec: JsonObject; readonly path: Path } | undefined {
  if (object.known === passwordGenerator) return { spec: specOf(object), path: ['spec'] };
  if (
    object.known !== clusterGenerator ||
    textAt(specOf(object), 'kind') !== passwordGenerator.kind
  )
    return undefined;
  const spec = mapAt(specOf(object), 'generator', 'passwordSpec');
  return { spec, path: ['spec', 'generator', 'passwordSpec'] };
}

interface Fault {
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

/** The characters there are, and ESO's defaults (password.go 0.16.2; go-password 0.3.1, Generate). */
const DEFAULT_LENGTH = 24;
const SHARE = 0.25;
const LETTERS = 26;
const DIGITS = 10;
const SYMBOLS = 30;

function faultOf(spec: JsonObject): Fault | undefined {
  const given = numberAt(spec, 'length') ?? 0;
  const length = given > 0 ? given : DEFAULT_LENGTH;
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

/** Without repetition there are only so many of each. */
function repeated(
  spec: JsonObject,
  what: string,
  { digits, symbols, letters }: Readonly<Record<'digits' | 'symbols' | 'letters', number>>,
): Fault | undefined {
  const own = textAt(spec, 'symbolCharacters')?.length || SYMBOLS;
  const amounts = [
    { name: 'digits', field: 'digits', wanted: digits, most: DIGITS },
    { name: 'symbols', field: 'symbols', wanted: symbols, most: own },
    {
      name: 'letters',
      field: 'length',
      wanted: letters,
      most: spec['noUpper'] === true ? LETTERS : 2 * LETTERS,
    },
  ];
  const over = amounts.find(({ wanted, most }) => wanted > most);
  if (over === undefined) return undefined;
  const { name, field, wanted, most } = over;
  return {
    field,
    message: `${what} cannot have ${wanted} different ${name}: there are ${most}`,
    hint: `Set allowRepeat: true, or ask for fewer ${name}; digits and symbols are a quarter of the length each where they are left out.`,
  };
}

function numberAt(spec: JsonObject, field: string): number | undefined {
  const value = spec[field];
  return typeof value === 'number' ? value : undefined;
}

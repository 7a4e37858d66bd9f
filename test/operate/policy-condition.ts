import { isMap, type JsonObject, scalarText } from '../../generator/core/json.ts';
import { matchesGlob } from '../../generator/core/names.ts';
import { isAllowed, type Resource, type Statement } from '../../generator/kinds/ack.ts';

/** Whether the statements allow a request, as AWS decides it with the values that the request has. */
export function isAllowedIn(
  statements: readonly Statement[],
  action: string,
  resource: Resource | undefined,
  context: RequestContext,
): boolean {
  const met = statements.filter(({ condition }) => isMet(condition, context));
  return isAllowed(
    met.map(statement => ({ ...statement, hasCondition: false })),
    action,
    resource,
  );
}

/** The values of a request by the keys of conditions: `kms:ViaService`, `aws:ResourceTag/team`. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;
type Test = (pattern: string, value: string) => boolean;

/** The operators that compare texts; numbers, dates and addresses are in no policy of a store. */
const TESTS: Readonly<Record<string, Test>> = {
  stringequals: (pattern, value) => pattern === value,
  stringequalsignorecase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  stringlike: matchesGlob,
  arnequals: matchesGlob,
  arnlike: matchesGlob,
  bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
};

/** Whether a request meets a condition: every operator and key of it, with any value of each. */
export function isMet(condition: JsonObject, context: RequestContext): boolean {
  const request = new Map(
    Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]),
  );
  return Object.entries(condition).every(
    ([operator, keys]) =>
      isMap(keys) &&
      Object.entries(keys).every(([key, expected]) =>
        holds(operator, [expected].flat().map(scalarText), request.get(key.toLowerCase())),
      ),
  );
}

function holds(operator: string, patterns: readonly string[], values?: readonly string[]): boolean {
  const [, quantifier, name = '', ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  if (name === 'null') return patterns.includes(String(values === undefined));
  const isNegated = name.includes('not');
  const test = TESTS[name.replace('not', '')];
  if (test === undefined) return false;
  if (values === undefined)
    return isNegated || ifExists !== undefined || quantifier === 'forallvalues';
  const fits = (value: string): boolean => patterns.some(pattern => test(pattern, value));
  if (isNegated) return !values.some(fits);
  return quantifier === 'forallvalues' ? values.every(fits) : values.some(fits);
}

import type { DataFromEntry } from '../../kinds/eso/external-secret-spec.ts';
import { error, type FaultText, type Rule } from '../rule.ts';

/** ESO's webhook refuses all of these (apis/externalsecrets/v1/externalsecret_validator.go). */
export const invalidFetch: Rule = error('invalid-fetch', 'specs', function* (secret) {
  const { object, path, data, dataFrom } = secret;
  if (data.length === 0 && dataFrom.length === 0)
    yield {
      path: [...path, 'data'],
      message: `${object.kind} "${object.name}" fetches nothing: it has neither data nor dataFrom`,
      hint: 'Add data with keys, or dataFrom with extract, find or a generator.',
    };
  for (const entry of dataFrom) {
    const fault = faultOf(entry);
    if (fault !== undefined) yield { path: entry.path, ...fault };
  }
});

function faultOf({ spec, generator }: DataFromEntry): FaultText | undefined {
  const ways = ['extract', 'find'].filter(way => spec[way] !== undefined);
  if (generator !== undefined) ways.push('generatorRef');
  if (ways.length > 1)
    return {
      message: `an entry of dataFrom has ${ways.join(' and ')}, and may have one of them`,
      hint: 'Make one entry for each: ESO takes the keys of all.',
    };
  if (ways.length === 1 || spec['sourceRef'] !== undefined) return undefined;
  return {
    message: 'an entry of dataFrom does not say what to fetch',
    hint: 'Add extract, find or sourceRef.generatorRef.',
  };
}

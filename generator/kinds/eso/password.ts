import { listAt, scalarText, textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { GENERATORS, servedAlpha } from './group.ts';

export const passwordGenerator: Kind = {
  group: GENERATORS,
  kind: 'Password',
  served: servedAlpha,
  generates: spec =>
    Array.isArray(spec['secretKeys']) ? listAt(spec, 'secretKeys').map(scalarText) : ['password'],

  /** A quarter of its characters are symbols unless it says otherwise. */
  mayHoldSymbols: object => {
    const symbols = textAt(specOf(object), 'symbolCharacters') ?? '/@:';
    return specOf(object)['symbols'] !== 0 && /[^\w.~-]/.test(symbols);
  },
};

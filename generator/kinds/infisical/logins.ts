import { type Kind, specOf } from '../kind.ts';
import { referenceReaders, referenceReads } from '../secret-refs.ts';
import { INFISICAL } from './infisical-secret.ts';

/** How the operator signs in, and what it sends (docs/facts/operators.md#infisical). */
export const infisicalLogins: readonly Kind[] = [
  ...referenceReaders(INFISICAL, 'InfisicalAuth', {
    byHand: object => referenceReads(specOf(object), ['spec']).map(({ secret }) => secret),
  }),
  ...referenceReaders(INFISICAL, 'InfisicalConnection InfisicalPushSecret'),
];

import { validate } from '#validators/rem-secrets-injection';
import type { Outcome } from '../../ground/finding.ts';
import { checkDocument } from '../spec/check-document.ts';
import { entryFaults } from './entry-faults.ts';
import type { Injection } from './injection.ts';

/** A document as an injection, with all that is wrong with it as such. No fault quotes a secret value. */
export function checkInjection(document: unknown): Outcome<Injection> {
  return checkDocument<Injection>(document, {
    kind: 'RemSecretsInjection',
    validate,
    faultsIn: entryFaults,
  });
}

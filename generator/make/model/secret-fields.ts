import type { Fault, Path, Report } from '../../ground/finding.ts';
import { BOOTSTRAP_TOKEN } from '../../kinds/core/secret.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import type { SecretSpec } from '../spec/secret-spec.ts';

type Field = keyof SecretSpec;

/** Fields that say where a Secret comes from. */
const SOURCES = ['store', 'generator', 'manual', 'external'] as const;

/**
 * Reports a secret without exactly one source, fields that its source has no use for, and what
 * ESO's webhook refuses (docs/facts/eso.md#refused-externalsecrets).
 */
export function checkSecretFields(
  name: string,
  secret: SecretSpec,
  path: Path,
  report: Report,
): void {
  const isGenerated = secret.dataFrom?.some(entry => entry.generatorRef !== undefined) === true;
  const given = SOURCES.filter(source => secret[source] !== undefined && secret[source] !== false);
  if (given.length !== 1 && !(given.length === 0 && isGenerated)) {
    report(wrongSources(name, given, path));
    return;
  }
  const source = given[0] ?? 'dataFrom';
  for (const field of unusedFields(secret, source)) report(unused(source, field, path));
  checkDataFrom(secret, path, report);
  checkPolicies(secret, path, report);
}

function unusedFields(secret: SecretSpec, source: Field): Field[] {
  const fields = Object.keys(secret) as Field[];
  if (source === 'manual' || source === 'external') {
    return fields.filter(field => field !== source);
  }
  const unused: Field[] = source === 'store' ? [] : ['keys', 'from'];
  if (secret.from !== undefined) unused.push('dataFrom');
  return unused.filter(field => secret[field] !== undefined);
}

function checkDataFrom({ dataFrom = [] }: SecretSpec, path: Path, report: Report): void {
  for (const [index, { extract, find, generatorRef }] of dataFrom.entries()) {
    if ([extract, find, generatorRef].filter(source => source !== undefined).length === 1) continue;
    report({
      id: 'value-source',
      message: 'an entry of dataFrom has exactly one of extract, find and generatorRef',
      hint: 'Write one entry for each.',
      path: [...path, 'dataFrom', index],
    });
  }
}

function checkPolicies(secret: SecretSpec, path: Path, report: Report): void {
  const { creationPolicy = 'Owner', deletionPolicy = 'Retain', type } = secret;
  if (isRefusedPair(creationPolicy, deletionPolicy)) {
    const message = `External Secrets Operator refuses deletionPolicy ${deletionPolicy} with creationPolicy ${creationPolicy}`;
    const hint = 'Write deletionPolicy: Retain.';
    report({ id: 'policy-conflict', message, hint, path: [...path, 'deletionPolicy'] });
  }
  if (type === BOOTSTRAP_TOKEN) {
    const message = 'External Secrets Operator after 2.4.0 refuses to make bootstrap tokens';
    const hint = 'Make that Secret by hand, and declare it with manual.';
    report({ id: 'policy-conflict', message, hint, path: [...path, 'type'] });
  }
}

function wrongSources(name: string, given: readonly string[], path: Path): Fault {
  return {
    id: 'secret-source',
    message: `secret "${name}" has ${given.length === 0 ? 'no source' : given.join(' and ')}`,
    hint: 'Give it exactly one of: store, generator, manual, external.',
    path,
  };
}

function unused(source: Field, field: Field, path: Path): Fault {
  return {
    id: 'unused-field',
    message: `a secret with "${source === 'store' ? 'from' : source}" has no use for "${field}"`,
    hint: `Remove ${field}.`,
    path: [...path, field],
    isAboutName: true,
  };
}

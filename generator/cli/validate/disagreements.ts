import type { Fault } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { FaultOfObject } from '../../ground/manifests.ts';
import type { Versions } from '../../kinds/products.ts';
import { releaseFor } from '../../kinds/version-schemas.ts';
import { refusedByKubeconform, reportedName } from '../../read/kubeconform.ts';

/** What ajv refused, and by which versions. */
interface Refused {
  readonly faults: readonly FaultOfObject[];
  readonly versions: Versions;
}

const DOUBTFUL = new Set(['not-allowed', 'unknown-field']);

/** Objects that only one of ajv and kubeconform refuses. */
export function disagreements(text: string, { faults, versions }: Refused, host: Host): Fault[] {
  const refused = refusedByKubeconform(text, versions, host);
  if (refused === undefined) return [];
  const theirs = new Map(refused.map(({ kind, name, message }) => [`${kind} ${name}`, message]));
  // Of a version that may have more fields and values kubeconform is not asked which are misspelt.
  const isAsked = ({ id, object }: FaultOfObject): boolean =>
    !DOUBTFUL.has(id) || releaseFor(versions, object.apiVersion)?.isOpen !== true;
  const ours = new Set(faults.map(({ object }) => reportedName(object)));
  const asked = new Set(faults.filter(isAsked).map(({ object }) => reportedName(object)));
  const messages = [
    ...[...theirs]
      .filter(([name]) => !ours.has(name))
      .map(([name, message]) => `only kubeconform refuses ${name}: ${message}`),
    ...[...asked].filter(name => !theirs.has(name)).map(name => `only ajv refuses ${name}`),
  ];
  const hint = 'This is a bug of rem-secrets or of its schemas: please report it.';
  return messages.map(message => ({ id: 'validators-disagree', message, hint, path: [] }));
}

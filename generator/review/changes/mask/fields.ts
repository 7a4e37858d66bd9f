import { LAST_APPLIED } from '../../../ground/annotations.ts';
import type { Path } from '../../../ground/finding.ts';

/** Where a value stands: the kind of its object, and the fields from that object's root. */
export interface ValuePlace {
  readonly kind: string;
  readonly path: Path;
}

/** Fields that hold secrets by their meaning, whatever they look like. */
export function isSecretField({ kind, path }: ValuePlace): boolean {
  const [first] = path;
  if (kind === 'Secret' && (first === 'data' || first === 'stringData')) return true;
  if (kind === 'SealedSecret' && path.includes('encryptedData')) return true;
  if (path.includes('fake') || (kind === 'Fake' && first === 'spec')) return true;
  const last = path.at(-1);
  if (last === LAST_APPLIED || path.some(isSecretStep)) return true;
  return kind === 'ConfigMap' && first === 'binaryData'; // Nobody can read it, or see what is in it.
}

/** SQL that makes users; what only a Secret has, wherever one is written out. */
function isSecretStep(step: string | number): boolean {
  return typeof step === 'string' && (/^postInit\w{0,40}SQL$/.test(step) || step === 'stringData');
}

/** What holds the template of a SealedSecret, a PushSecret and a ClusterPushSecret. */
const SPECS: ReadonlySet<string | number> = new Set(['spec', 'pushSecretSpec']);

/** A template of an ExternalSecret, and those that a PushSecret or SealedSecret has. */
export function isTemplate({ path }: ValuePlace): boolean {
  const at = path.indexOf('template');
  if (at < 1) return false;
  const field = path[at + 1];
  return (
    (path[at - 1] === 'target' && field === 'data') ||
    (field === 'templateFrom' && path.at(-1) === 'literal') ||
    (SPECS.has(path[at - 1] ?? '') && field === 'data')
  );
}

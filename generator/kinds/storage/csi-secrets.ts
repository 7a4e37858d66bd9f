import { mapAt, textAt } from '../../ground/json.ts';
import type { Kind, PlacedObject } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { readOf } from '../secret-refs.ts';

const NAME = /^(csi\.storage\.k8s\.io\/[a-z-]{1,60}-secret-name)(space)?$/;

/** Made by the operators whose drivers read them (docs/facts/operators.md#csi-drivers). */
const OPERATORS_OWN = /^rook-csi-|^px-user-token$/;

/** The Secrets that a class gives its CSI driver; `${pvc.namespace}` and its like are filled in for each volume. */
function csiSecretReads({ json }: PlacedObject): Read[] {
  return Object.entries(mapAt(json, 'parameters')).flatMap(([parameter, name]) => {
    const [, field, rest] = NAME.exec(parameter) ?? [];
    const isOwn = typeof name === 'string' && OPERATORS_OWN.test(name);
    if (field === undefined || rest !== undefined || isOwn) return [];
    const namespace = textAt(json, 'parameters', `${field}space`);
    const path = ['parameters', parameter];
    return readOf({ name, path, how: 'csi', namespace }).map(read => ({
      ...read,
      ...(namespace === undefined && { isAnywhere: true as const }),
    }));
  });
}

/** A driver signs in before it serves anything: people often make that Secret by hand. */
export const csiClass: Pick<Kind, 'isOfCluster' | 'reads' | 'byHand'> = {
  isOfCluster: true,
  reads: csiSecretReads,
  byHand: object => csiSecretReads(object).map(({ secret }) => secret),
};

import type { Host } from '../../ground/host.ts';
import type { FaultOfObject } from '../../ground/manifests.ts';
import type { Versions } from '../../kinds/products.ts';
import { releaseFor, takenBy } from '../../kinds/version-schemas.ts';

/** A fault, with advice where another version takes what the one that runs refuses. */
export function withVersion(fault: FaultOfObject, versions: Versions, host: Host): FaultOfObject {
  const { object, inObject, hint } = fault;
  const running = releaseFor(versions, object.apiVersion);
  const taking = takenBy(object, { path: inObject }, running, host.validators);
  if (taking === undefined) return fault;
  if (running !== undefined)
    return { ...fault, hint: `Remove it, or run ${taking}: that takes it.` };
  const advice = `${taking} takes it: where that runs, say so by --versions, or by "versions" of the spec.`;
  return { ...fault, hint: hint === undefined ? advice : `${hint} ${advice}` };
}

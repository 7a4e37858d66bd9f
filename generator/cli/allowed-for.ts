import type { Host } from '../ground/host.ts';
import type { Release } from '../kinds/products.ts';
import { helmOn } from '../read/helm/helm-tool.ts';
import type { Allowed } from '../read/kustomize/allowed.ts';

/** What flags allow, before the programs are looked for that it needs. */
export interface AllowedFlags extends Omit<Allowed, 'helm'> {
  /** Make charts of the repository. */
  readonly helm?: boolean;
}

/** What is allowed; where Helm is to make charts it has to be there, whether there are any or not. */
export function allowedFor(
  { helm, ...allowed }: AllowedFlags,
  host: Host,
  kubernetes?: Release,
): Allowed {
  return { ...allowed, ...(helm === true && { helm: helmOn(host, kubernetes) }) };
}

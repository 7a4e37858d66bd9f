import type { Host } from '../../ground/host.ts';
import { HostError } from '../../ground/host-error.ts';
import type { LocalRelease } from '../../kinds/kind.ts';
import { products, type Release, usualRelease } from '../../kinds/products.ts';
import { environmentFor } from '../kustomize/environment.ts';
import { toolPath } from '../tools.ts';

/** The helm that makes charts, and what it is told of the cluster. */
export interface Helm {
  readonly path: string;
  /** Its own version: `3.22.0`. */
  readonly version: string;
  /** The version of Kubernetes that charts are made for. */
  readonly kubernetes: string;
  /** How many charts it was stopped at so far in this run. */
  readonly stopped: { count: number };
}

/** A chart that is to be made, in a folder of a repository. */
export interface ChartToMake {
  /** Its folder, without links. */
  readonly folder: string;
  /** What its files may not be outside of. */
  readonly root: string;
  readonly release: LocalRelease;
  readonly helm: Helm;
}

/** The oldest minor of version 3: it has the flags that are used (docs/facts/helm.md#helm-template). */
const OLDEST = { major: 3, minor: 16 } as const;

const WANTED = `helm ${OLDEST.major}.${OLDEST.minor} or a newer one`;

/** The helm on the PATH, and its version, which is said beside what it made. */
export function helmOn(host: Host, kubernetes: Release | undefined): Helm {
  const path = toolPath('helm', host);
  if (path === undefined)
    throw new HostError(
      `helm is not installed: --helm needs ${WANTED} on the PATH (https://helm.sh/docs/intro/install)`,
    );
  const { stdout } = host.run(path, ['version', '--short'], { env: environmentFor({}) });
  const [, version = '', major = 0, minor = 0] =
    /v((\d{1,4})\.(\d{1,4})(?:\.[\w.-]{1,40})?)/.exec(stdout) ?? [];
  const isOld =
    Number(major) < OLDEST.major ||
    (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor);
  if (isOld)
    throw new HostError(
      version === ''
        ? `${path} does not say its version: --helm needs ${WANTED}`
        : `helm is too old: it is ${version}, and --helm needs ${WANTED}`,
    );
  const [usual] = products.flatMap(one =>
    one.name === 'kubernetes' ? (usualRelease(one) ?? []) : [],
  );
  return { path, version, kubernetes: (kubernetes ?? usual)?.name ?? '', stopped: { count: 0 } };
}

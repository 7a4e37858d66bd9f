import type { Host } from '../../ground/host.ts';
import { HostError } from '../../ground/host-error.ts';
import { type ProductRelease, products, usualRelease } from '../../kinds/products.ts';
import { environmentFor } from '../kustomize/environment.ts';
import { toolPath } from '../tools.ts';
import type { Helm } from './helm.ts';

/** The oldest minor of version 3: it has the flags that are used (docs/facts/helm.md#helm-template). */
const OLDEST = { major: 3, minor: 16 } as const;

const WANTED = `helm ${OLDEST.major}.${OLDEST.minor} or a newer one`;

/** The helm on the PATH, and its version, which is said beside what it made. */
export function helmOn(host: Host, kubernetes: ProductRelease | undefined): Helm {
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

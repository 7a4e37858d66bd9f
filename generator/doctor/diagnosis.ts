import type { PlacedObject } from '../kinds/kind.ts';
import { type ExpectedSecret, expectedSecrets } from './expected-secrets.ts';
import { cnpgLink } from './links/cnpg.ts';
import { keysLink, podsLink, restartLink, secretLink } from './links/pods.ts';
import {
  entryLink,
  externalSecretLink,
  permissionLink,
  pushLink,
  storeLink,
} from './links/secret.ts';
import { type Examined, LINKS, type LinkName, type Verdict } from './verdict.ts';

/** How a Secret of the manifests is in a cluster, link by link. */
export interface SecretHealth {
  readonly namespace: string;
  readonly name: string;
  readonly links: readonly Link[];
}

/** A link of the way, and what became of it; `blocked`: one before it is broken. */
export interface Link {
  readonly link: LinkName;
  readonly verdict:
    | Exclude<Verdict, undefined>
    | { readonly state: 'blocked'; readonly by: LinkName };
}

/** How the expected Secrets of one environment are in the cluster of a dump. */
export interface Diagnosis {
  /** Empty where the manifests were named one by one. */
  readonly environment: string;
  readonly newest: string | undefined;
  readonly secrets: readonly SecretHealth[];
}

const CHECKS: Readonly<Record<LinkName, (examined: Examined) => Verdict>> = {
  entry: entryLink,
  permission: permissionLink,
  store: storeLink,
  'external-secret': externalSecretLink,
  secret: secretLink,
  keys: keysLink,
  pods: podsLink,
  restart: restartLink,
  cnpg: cnpgLink,
  push: pushLink,
};

/** What stands by itself: an entry may be missing from a store that is there. */
const FREE: readonly LinkName[] = ['entry', 'permission', 'store'];

/** What becomes of readers is nothing to a PushSecret. */
const READERS: readonly LinkName[] = ['pods', 'restart', 'cnpg'];

/** Follows each Secret that the own objects of a graph make or need. */
export function diagnose(
  own: ReadonlySet<PlacedObject>,
  around: Omit<Examined, 'secret'>,
): SecretHealth[] {
  return expectedSecrets(around.graph, own).map(secret => healthOf({ ...around, secret }));
}

/** Follows one Secret, link by link. */
export function healthOf(examined: Examined): SecretHealth {
  const { namespace, name } = examined.secret;
  if (namespace === '') return { namespace, name, links: [homeless(examined.secret)] };
  const links: Link[] = [];
  let by: LinkName | undefined;
  for (const link of LINKS) {
    const verdict = CHECKS[link](examined);
    if (verdict === undefined) continue;
    const before = isInTheWay(by, link) ? by : undefined;
    links.push({
      link,
      verdict: before === undefined ? verdict : { state: 'blocked', by: before },
    });
    if (by === undefined && verdict.state === 'broken') by = link;
  }
  return { namespace, name, links };
}

/** Whether one link that is broken keeps another from being well. */
function isInTheWay(by: LinkName | undefined, link: LinkName): boolean {
  return !FREE.includes(link) && !(link === 'push' && READERS.includes(by ?? link));
}

function homeless({ object }: ExpectedSecret): Link {
  const because = `${object.kind} "${object.name}" names no namespace: --namespace does`;
  return { link: 'secret', verdict: { state: 'unknown', because } };
}

/** The link of a Secret that is in the way, or else one that is not known. */
export function tellingLink({ links }: SecretHealth): Link | undefined {
  return (
    links.find(({ verdict }) => verdict.state === 'broken') ??
    links.find(({ verdict }) => verdict.state === 'unknown')
  );
}

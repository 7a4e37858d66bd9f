import type { PlacedObject } from '../kinds/kind.ts';
import { expectedSecrets } from './expected-secrets.ts';
import { cnpgLink } from './links/cnpg.ts';
import { keysLink, podsLink, restartLink, secretLink } from './links/pods.ts';
import {
  entryLink,
  externalSecretLink,
  permissionLink,
  pushLink,
  storeLink,
} from './links/secret.ts';
import { type Examined, LINKS, type LinkCheck, type LinkName, type Verdict } from './verdict.ts';

/** How a Secret of the manifests is in a cluster, link by link. */
export interface SecretHealth {
  readonly namespace: string;
  readonly name: string;
  readonly links: readonly Link[];
}

/** A link of a Secret, and whether it is well; `blocked`: an earlier one is broken. */
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

const CHECKS: Readonly<Record<LinkName, LinkCheck>> = {
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

/** Links that no broken link blocks: an entry may be missing from a store that is there. */
const UNBLOCKED: readonly LinkName[] = ['entry', 'permission', 'store'];

/** Links of readers, which block nothing of a PushSecret. */
const READERS: readonly LinkName[] = ['pods', 'restart', 'cnpg'];

/** Follows each Secret that these objects of a graph make or need. */
export function diagnose(
  shown: ReadonlySet<PlacedObject>,
  around: Omit<Examined, 'secret'>,
): SecretHealth[] {
  return expectedSecrets(around.graph, shown).map(secret => healthOf({ ...around, secret }));
}

/** Follows one Secret, link by link. */
export function healthOf(examined: Examined): SecretHealth {
  const { namespace, name, object } = examined.secret;
  if (namespace === '') {
    const because = `${object.kind} "${object.name}" names no namespace: --namespace does`;
    const verdict = { state: 'unknown', because } as const;
    return { namespace, name, links: [{ link: 'secret', verdict }] };
  }
  const links: Link[] = [];
  let broken: LinkName | undefined;
  for (const link of LINKS) {
    const verdict = CHECKS[link](examined);
    if (verdict === undefined) continue;
    const by = broken !== undefined && blocks(broken, link) ? broken : undefined;
    links.push({ link, verdict: by === undefined ? verdict : { state: 'blocked', by } });
    if (verdict.state === 'broken') broken ??= link;
  }
  return { namespace, name, links };
}

/** Whether a broken link keeps a later one from being well. */
function blocks(broken: LinkName, link: LinkName): boolean {
  return !UNBLOCKED.includes(link) && !(link === 'push' && READERS.includes(broken));
}

/** The link that a Secret is stuck at, or else the first that is not known. */
export function tellingLink({ links }: SecretHealth): Link | undefined {
  return (
    links.find(({ verdict }) => verdict.state === 'broken') ??
    links.find(({ verdict }) => verdict.state === 'unknown')
  );
}

import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Commands } from './commands.ts';
import type { Dump } from './dump.ts';
import { type ExpectedSecret, expectedSecrets } from './expected-secrets.ts';
import { cnpgLink } from './links/cnpg.ts';
import { externalSecretLink } from './links/external-secret.ts';
import { keysLink } from './links/keys.ts';
import { podsLink } from './links/pods.ts';
import { restartLink } from './links/restart.ts';
import { secretLink } from './links/secret.ts';
import { storeLink } from './links/store.ts';
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
  store: storeLink,
  'external-secret': externalSecretLink,
  secret: secretLink,
  keys: keysLink,
  pods: podsLink,
  restart: restartLink,
  cnpg: cnpgLink,
};

/** Follows each Secret that the own objects of a graph make or need. */
export function diagnose(
  graph: SecretGraph,
  own: ReadonlySet<Item>,
  dump: Dump,
  commands: Commands,
): SecretHealth[] {
  return expectedSecrets(graph, own).map(secret => healthOf({ secret, graph, dump, commands }));
}

function healthOf(examined: Examined): SecretHealth {
  const { namespace, name } = examined.secret;
  if (namespace === '') return { namespace, name, links: [homeless(examined.secret)] };
  const links: Link[] = [];
  let by: LinkName | undefined;
  for (const link of LINKS) {
    const verdict = CHECKS[link](examined);
    if (verdict === undefined) continue;
    links.push({ link, verdict: by === undefined ? verdict : { state: 'blocked', by } });
    if (by === undefined && verdict.state === 'broken') by = link;
  }
  return { namespace, name, links };
}

function homeless({ item }: ExpectedSecret): Link {
  const because = `${item.kind} "${item.name}" names no namespace: --namespace does`;
  return { link: 'secret', verdict: { state: 'unknown', because } };
}

/** The link of a Secret that is in the way, or else one that is not known. */
export function tellingLink({ links }: SecretHealth): Link | undefined {
  return (
    links.find(({ verdict }) => verdict.state === 'broken') ??
    links.find(({ verdict }) => verdict.state === 'unknown')
  );
}

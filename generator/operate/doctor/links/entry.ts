import { awsEntriesOf, refusedCall } from '../../../graph/aws-entries.ts';
import { readIam } from '../../../graph/iam.ts';
import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { storePermissions, storeRoles } from '../../../graph/store-roles.ts';
import { oncePer } from '../../../ground/once-per.ts';
import { externalSecret } from '../../../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../../../kinds/eso/external-secret-spec.ts';
import { lacksProperty } from '../../../kinds/eso/sync-status.ts';
import { isNamed } from '../../iam/arn.ts';
import type { RemoteEntry } from '../../params/entry.ts';
import type { Found } from '../../params/facts.ts';
import { askedName } from '../../params/looked-up.ts';
import { readiness } from '../evidence.ts';
import { entriesRead, syncFault } from '../sync-fault.ts';
import { type Evidence, type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/**
 * Whether the stores have what is read: by what AWS says, where it was asked; else External Secrets has
 * found all of it, or said what it did not find, or there is no such link to be seen.
 */
export function entryLink(examined: Examined): Verdict {
  return worstOf(examined.secret.external.map(external => oneSecret(external, examined)));
}

/** Whether External Secrets may read them there; only it can tell. */
export function permissionLink(examined: Examined): Verdict {
  return worstOf(
    examined.secret.external.map(external => {
      const fault = syncFault(external, examined);
      if (fault?.cause === 'no permission') {
        const evidence = [...fault.broken.evidence, ...policyEvidence(external, examined.graph)];
        return { ...fault.broken, evidence };
      }
      return isFetched(external, examined) ? OK : undefined;
    }),
  );
}

function oneSecret(external: ExternalSecret, examined: Examined): Verdict {
  const { graph, found } = examined;
  const entries = (entriesRead(graph).get(external.object) ?? []).filter(
    ({ use }) => use.how !== 'push',
  );
  const asked = entries.flatMap(({ entry, use }) => {
    const facts = found?.(entry);
    return facts === undefined ? [] : factsVerdict(entry, use.path, facts, external, examined);
  });
  const worst = worstOf(asked);
  if (worst?.state === 'broken') return worst;
  const fault = syncFault(external, examined);
  // Of an entry that is there by now External Secrets has not heard yet.
  const isDoubted = asked.length > 0 && asked.every(verdict => verdict?.state === 'ok');
  const isOfProperty = lacksProperty(fault?.broken.evidence.at(-1)?.text ?? '');
  if (fault?.cause === 'missing entry' && (!isDoubted || isOfProperty)) return fault.broken;
  return worst ?? (isFetched(external, examined) ? OK : undefined);
}

/** What it needs came out of stores, at the last try. */
function isFetched({ object, namespace }: ExternalSecret, { dump, graph }: Examined): boolean {
  const live = dump.find(externalSecret, namespace, ownName(object));
  return (
    live !== undefined && entriesRead(graph).has(object) && readiness(live, dump).isReady === true
  );
}

function factsVerdict(
  entry: RemoteEntry,
  path: RemoteEntry['uses'][number]['path'],
  facts: Found,
  { object }: ExternalSecret,
  { commands }: Examined,
): Verdict {
  const name = `"${askedName(entry)}"`;
  if (facts !== 'missing' && 'unknown' in facts)
    return { state: 'unknown', because: `${name} was not looked at: ${facts.unknown}` };
  const broken = (message: string, command: string | undefined): Verdict => ({
    state: 'broken',
    message,
    evidence: [],
    object,
    path,
    command,
  });
  const put = commands.own('params put', entry.name);
  if (facts === 'missing') return broken(`AWS has no ${name}`, put);
  if (facts.deleted !== undefined)
    return broken(`AWS deletes ${name} after ${facts.deleted}, and gives it to nobody`, undefined);
  return facts.hasValue ? OK : broken(`${name} is there and has no value`, put);
}

const rolesOf = oncePer((graph: SecretGraph) => {
  const iam = readIam(graph);
  return { iam, roles: storeRoles(graph, iam) };
});

/**
 * What the policies of the manifests say of a read that AWS refused: they do not allow it, or they do, and
 * AWS has others. Nothing, where no role of the manifests reads for the store.
 */
function policyEvidence({ object }: ExternalSecret, graph: SecretGraph): Evidence[] {
  const { iam, roles } = rolesOf(graph);
  const judged = (awsEntriesOf(graph).get(object) ?? []).flatMap(entry => {
    const used = roles.get(entry.store.object);
    if (used === undefined) return [];
    if (entry.name === undefined || !isNamed(entry)) return [];
    const permissions = storePermissions(used, iam);
    if (permissions.isOpen) return [];
    return [{ role: used.role.name, name: entry.name, call: refusedCall(entry, permissions) }];
  });
  const refused = judged.find(({ call }) => call !== undefined);
  const [first] = judged;
  if (first === undefined) return [];
  const text =
    refused === undefined
      ? `role "${first.role}" of the manifests allows it: AWS has another policy, or a boundary, an organization or a key denies it`
      : `role "${refused.role}" of the manifests does not allow ${refused.call} of "${refused.name}"`;
  return [{ kind: 'policy', text }];
}

import type { Maker } from '../../../graph/secret-graph.ts';
import { wholeMakers } from '../../../graph/secret-graph.ts';
import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { phaseOf } from '../../../kinds/cnpg/cluster-status.ts';
import { coreSecret } from '../../../kinds/core/secret.ts';
import { externalSecret } from '../../../kinds/eso/external-secret.ts';
import { objectName } from '../../../kinds/kind.ts';
import {
  absence,
  calledObject,
  conditionEvidence,
  describeCommand,
  readiness,
} from '../evidence.ts';
import { type Evidence, type Examined, OK, type Verdict } from '../verdict.ts';

/** Whether the Secret is there; where it is not, what its maker says. */
export function secretLink(examined: Examined): Verdict {
  const { secret, dump, commands } = examined;
  const { namespace, name, object, path } = secret;
  if (dump.secret(namespace, name) !== undefined) return OK;
  const [maker] = wholeMakers(secret.node);
  const isNeeded = secret.readers.some(({ isOptional }) => !isOptional);
  if (!isNeeded && (maker === undefined || maker.object.written !== undefined)) return OK;
  const at = { object: maker?.object ?? object, path: maker?.path ?? path };
  const command = maker === undefined ? byHand(examined) : again(maker, examined);
  const gone = absence(coreSecret, secret, { ...at, command }, dump, commands);
  if (gone?.state !== 'broken') return gone;
  return { ...gone, evidence: [...gone.evidence, ...makerEvidence(maker, examined)] };
}

/** The command that makes a Secret of files that are called like its keys: no value stands in it. */
function byHand({ secret, commands }: Examined): string | undefined {
  const { namespace, name, node, readers } = secret;
  const keys = new Set([...(node?.keys ?? []), ...readers.flatMap(({ key }) => key ?? [])]);
  const files = [...keys].sort().map(key => `--from-file=${key}=${key}`);
  return commands.kubectl('create', 'secret', 'generic', name, '-n', namespace, ...files);
}

function again({ object }: Maker, { dump, commands }: Examined): string | undefined {
  const { known, namespace, name } = object;
  const live = known && dump.find(known, namespace, name);
  if (known !== undefined && live === undefined && dump.hasAll(known, namespace))
    return commands.apply(object);
  if (known === externalSecret && live !== undefined) return commands.sync(namespace, name);
  return describeCommand(object, commands);
}

function makerEvidence(maker: Maker | undefined, { dump }: Examined): Evidence[] {
  const object = maker?.object;
  if (object?.known === undefined || object.known === coreSecret) return [];
  const { namespace, name } = object;
  const live = dump.find(object.known, namespace, name);
  if (live === undefined)
    return dump.hasAll(object.known, namespace)
      ? [{ kind: 'absence', text: `${calledObject(object)}, which makes it, is not there` }]
      : [];
  const phase = live.known === cnpgCluster ? phaseOf(live) : undefined;
  if (phase !== undefined) {
    const reason = phase.reason === '' ? '' : ` (${phase.reason})`;
    return [{ kind: 'status', text: `${calledObject(live)}: ${phase.name}${reason}` }];
  }
  const { condition } = readiness(live, dump);
  if (condition === undefined) return [];
  const said = conditionEvidence(condition, dump);
  return [{ ...said, text: `${objectName(live).kind} ${said.text}` }];
}

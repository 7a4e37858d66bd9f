import { graphOf } from '../../graph/graph-of.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { Host } from '../../ground/host.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Commands } from '../../operate/doctor/commands.ts';
import { type Diagnosis, diagnose } from '../../operate/doctor/diagnosis.ts';
import type { Dump } from '../../operate/doctor/dump.ts';
import type { Examined } from '../../operate/doctor/verdict.ts';
import { type ManifestSet, objectsOf, shownObjects } from '../../read/sets/manifest-set.ts';
import type { CallAws } from '../aws/client.ts';
import { askAws } from './ask-aws.ts';

/** The manifests of an environment, joined; and what AWS says of their entries, once it was asked. */
export interface Joined {
  /** Empty where they were named one by one. */
  readonly environment: string;
  readonly graph: SecretGraph;
  readonly own: ReadonlySet<PlacedObject>;
  found?: Examined['found'];
}

export function joinedSet(set: ManifestSet): Joined {
  const environment = set.unit?.name ?? '';
  return { environment, graph: graphOf(objectsOf(set)), own: new Set(shownObjects(set)) };
}

/** Has AWS asked of the entries of each. */
export async function askOfAll(
  joined: readonly Joined[],
  call: CallAws,
  host: Host,
): Promise<void> {
  for (const one of joined) one.found = await askAws(one.graph, call, host);
}

/** How the Secrets of each are. */
export function diagnosesOf(
  joined: readonly Joined[],
  dump: Dump,
  commands: Commands,
): Diagnosis[] {
  return joined.map(({ environment, own, graph, found }) => ({
    environment,
    newest: dump.newest,
    secrets: diagnose(own, { graph, found, dump, commands }),
  }));
}

import type { SecretGraph } from '../../graph/secret-graph.ts';
import { textAt } from '../../ground/json.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Phoenix, RunbookEntry, RunbookSecret } from './runbook.ts';

/** The image of Arize Phoenix, from whatever registry. */
const IMAGE = /(?:^|\/)arizephoenix\/phoenix(?:[:@]|$)/;

/** The variables that it has its secret and its clients their key in. */
const [ADMIN_SECRET, API_KEY, PORT] = ['PHOENIX_ADMIN_SECRET', 'PHOENIX_API_KEY', 'PHOENIX_PORT'];

/** The Phoenixes that own objects run, and how API keys are made for them (docs/facts/phoenix.md#api-keys). */
export function phoenixesOf(
  graph: SecretGraph,
  own: ReadonlySet<PlacedObject>,
  secrets: readonly RunbookSecret[],
  entries: readonly RunbookEntry[],
): Phoenix[] {
  return graph.pods.flatMap(({ object, containers }): Phoenix[] => {
    const container = containers.find(({ spec }) => IMAGE.test(textAt(spec, 'image') ?? ''));
    const target = object.known?.rollout?.(object);
    if (container === undefined || target === undefined || !own.has(object)) return [];
    const { namespace } = object;
    const admin = secrets.find(
      secret => secret.namespace === namespace && secret.keys.includes(ADMIN_SECRET),
    );
    const port = container.env.find(({ name }) => name === PORT)?.value ?? '6006';
    return [
      {
        namespace,
        target,
        port: /^\d{1,5}$/.test(port) ? port : '6006',
        ...(admin !== undefined && { adminSecret: admin.name }),
        isAdmin: container.env.some(({ name }) => name === ADMIN_SECRET),
        entries: entries.filter(entry => isOfApiKey(entry, entries)),
      },
    ];
  });
}

/** The one entry of a Secret with an API key. */
function isOfApiKey({ secrets, name }: RunbookEntry, all: readonly RunbookEntry[]): boolean {
  return secrets.some(
    secret =>
      secret.keys.includes(API_KEY) &&
      all.filter(other => other.secrets.includes(secret)).every(other => other.name === name),
  );
}

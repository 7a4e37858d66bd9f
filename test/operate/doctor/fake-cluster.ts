import type { HttpAnswer, ServedProgram } from '../../../generator/core/host.ts';
import { type Ran, runLater, yamlIn } from '../../machine.ts';
import type { Cluster, Dumped } from './broken-clusters.ts';

/** What the API server of a cluster does beside answering. */
export interface Behaviour {
  /** By the paths of lists: a status, and the words. */
  readonly refused?: Readonly<Record<string, readonly [status: number, message: string]>>;
  /** The proxy does not reach it. */
  readonly isDown?: string;
  /** Groups that it does not serve. */
  readonly without?: readonly string[];
  /** It takes no notice of how Secrets are asked for. */
  readonly isOld?: boolean;
  /** Objects of a page, whatever was asked for. */
  readonly page?: number;
  /** What happens before each look: a cluster goes on while it is watched. */
  readonly before?: (look: number, cluster: Cluster) => void;
}

/** The server's clock in these tests, which is that of the dumps: `newest` of them is then. */
const DATE = 'Fri, 20 Nov 2026 12:00:00 GMT';

/** What it serves: `Kind plural` of each version. */
const PLURALS: Readonly<Record<string, readonly string[]>> = yamlIn(
  import.meta.dirname,
  'served.yaml',
);

/** A doctor that waits for all to be well, a minute by the fake's clock. */
export const WATCHED: readonly string[] = ['doctor', 'in.yaml', '--watch', '--timeout', '1m'];

/** A cluster behind the proxy of kubectl: it answers as strictly as an API server does, to GET alone. */
export class FakeCluster {
  readonly asked: string[] = [];
  readonly started: (readonly string[])[] = [];
  stopped = 0;
  private readonly cluster: Cluster;
  private readonly behaviour: Behaviour;

  constructor(cluster: Cluster, behaviour: Behaviour = {}) {
    this.cluster = cluster;
    this.behaviour = behaviour;
  }

  /** In place of the host's: the program that is started, and what it answers. */
  readonly serve = async (
    command: string,
    args: (socket: string) => readonly string[],
  ): Promise<ServedProgram> => {
    this.started.push([command, ...args('SOCKET')]);
    return {
      get: async (path, accept) => ({ date: DATE, ...this.answer(path, accept) }),
      stop: () => {
        this.stopped += 1;
      },
    };
  };

  /** Runs doctor, or another command, on it; time passes by waiting alone. */
  async run(args: readonly string[], meanwhile: () => void = () => {}): Promise<Ran> {
    let clock = 0;
    const wait = async (milliseconds: number): Promise<void> => {
      clock += milliseconds;
      meanwhile();
    };
    return runLater(this.cluster.written(), args, { serve: this.serve, wait, now: () => clock });
  }

  private answer(path: string, accept: string): HttpAnswer {
    this.asked.push(path);
    if (this.behaviour.isDown !== undefined) return { status: 500, text: this.behaviour.isDown };
    const [where = '', query = ''] = path.split('?');
    const refused = this.behaviour.refused?.[where];
    if (refused !== undefined) {
      const [code, message] = refused;
      return { status: code, text: JSON.stringify({ kind: 'Status', message, code }) };
    }
    const document = this.discovery(where) ?? this.list(where, query, accept);
    return document === undefined
      ? { status: 404, text: JSON.stringify({ kind: 'Status', code: 404 }) }
      : { status: 200, text: JSON.stringify(document) };
  }

  private discovery(path: string): object | undefined {
    const name = path.replace(/^\/apis?\//, '');
    const known = Object.keys(PLURALS).filter(
      version => !this.behaviour.without?.includes(version.split('/')[0] ?? ''),
    );
    const versions = known.filter(version => version.startsWith(`${name}/`));
    if (versions.length > 0)
      return {
        kind: 'APIGroup',
        name,
        preferredVersion: { groupVersion: versions[0], version: versions[0]?.split('/')[1] },
        versions: versions.map(groupVersion => ({
          groupVersion,
          version: groupVersion.split('/')[1],
        })),
      };
    const kinds = known.includes(name) ? PLURALS[name] : undefined;
    return kinds === undefined
      ? undefined
      : {
          kind: 'APIResourceList',
          groupVersion: name,
          resources: kinds.flatMap(text => {
            const [kind, plural] = text.split(' ');
            return [
              { kind, name: plural },
              { kind, name: `${plural}/status` },
            ];
          }),
        };
  }

  private list(path: string, query: string, accept: string): object | undefined {
    const match =
      /^\/apis?\/((?:[^/]+\/)?v[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)$/.exec(path) ?? [];
    const [, apiVersion = '', namespace, plural] = match;
    const kind = PLURALS[apiVersion]?.find(text => text.endsWith(` ${plural}`))?.split(' ')[0];
    if (kind === undefined) return undefined;
    if (kind === 'Secret') this.look();
    const items = this.objects().filter(
      one =>
        one.kind === kind &&
        one.apiVersion === apiVersion &&
        (namespace === undefined || one.metadata.namespace === namespace),
    );
    return this.paged(items, query, page =>
      kind === 'Secret' && this.behaviour.isOld !== true && accept === TABLE
        ? tableOf(page)
        : // A typed list does not say of each item what it is.
          {
            kind: `${kind}List`,
            apiVersion,
            items: page.map(({ kind: _, apiVersion: __, ...rest }) => rest),
          },
    );
  }

  private looks = 0;

  private look(): void {
    this.behaviour.before?.(this.looks, this.cluster);
    this.looks += 1;
  }

  private objects(): Dumped[] {
    return [...this.cluster.files.values()].flatMap(({ items }) => items);
  }

  private paged(items: Dumped[], query: string, of: (page: Dumped[]) => object): object {
    const asked = new URLSearchParams(query);
    const size = this.behaviour.page ?? Number(asked.get('limit'));
    const from = Number(asked.get('continue') ?? 0);
    const metadata = items.length > from + size ? { continue: String(from + size) } : {};
    return { metadata, ...of(items.slice(from, from + size)) };
  }
}

const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

/** As an API server prints Secrets: the number of their keys, and with each row its metadata. */
function tableOf(secrets: readonly Dumped[]): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    columnDefinitions: ['Name', 'Type', 'Data', 'Age'].map(name => ({ name, type: 'string' })),
    rows: secrets.map(({ metadata, type, data }) => ({
      cells: [metadata.name, type, countOf(metadata, data), '3h'],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
    })),
  };
}

function countOf({ managedFields = [] }: Dumped, data: Dumped): number {
  if (data !== undefined) return Object.keys(data).length;
  const keys = managedFields.flatMap(({ fieldsV1 }: Dumped) => Object.keys(fieldsV1['f:data']));
  return keys.filter((key: string) => key !== '.').length;
}

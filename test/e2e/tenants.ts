import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Json, JsonObject } from '../../generator/core/json.ts';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { generated } from '../generated-applications.ts';
import { kustomizeBuild, objectsOf, runMain } from '../machine.ts';
import type { Ref } from './cluster.ts';
import { makeRepository, putUrl } from './repository.ts';

const HIDDEN = 'https://git.example.com/tenants.git';
/** Every environment has this ConfigMap. */
export function settingsIn(namespace: string): Ref {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' };
}

const ARGOCD = { apiVersion: 'argoproj.io/v1alpha1', namespace: 'argocd' };

/** What Argo CD is to make of a commit: the Applications of the environments. */
export interface Pushed {
  readonly commit: string;
  readonly made: readonly KubeObject[];
}

/** What the spec says, beside what is the same in all of them. */
export interface Said {
  readonly applicationSets: Json;
  /** Whatever it is, it is in the ConfigMap. */
  readonly size?: string;
  /** More of the spec. */
  readonly more?: JsonObject;
}

/** A repository of many environments, a file each, that one ApplicationSet makes Applications of. */
export interface Tenants {
  readonly root: Ref & { readonly name: string };
  readonly set: Ref & { readonly name: string };
  /** Writes the file of an environment, in a namespace of its name unless it says another. */
  readonly write: (name: string, fields?: JsonObject) => void;
  readonly remove: (name: string) => void;
  readonly say: (changed: Partial<Said>) => void;
  readonly push: () => Promise<Pushed>;
  /** What a person applies: the AppProjects and the root Application. */
  readonly byHand: () => readonly KubeObject[];
}

export function makeTenants(name: string, said: Said): Tenants {
  const { folder, url, push } = makeRepository();
  const at = (...path: string[]): string => join(folder, ...path);
  let now = said;
  const say = (changed: Partial<Said>): void => {
    now = { ...now, ...changed };
    writeFileSync(at('rem-secrets.yaml'), specOf(name, now));
  };
  mkdirSync(at('tenants'));
  say({});
  return {
    root: { ...ARGOCD, kind: 'Application', name },
    set: { ...ARGOCD, kind: 'ApplicationSet', name },
    write: (one, fields = {}) =>
      writeFileSync(at('tenants', `${one}.yaml`), stringify({ namespace: one, ...fields })),
    remove: one => rmSync(at('tenants', `${one}.yaml`)),
    say,
    push: async () => {
      await expand(folder, url);
      return { made: madeIn(folder), commit: push() };
    },
    byHand: () => kustomizeBuild(at('argocd')),
  };
}

function specOf(name: string, { applicationSets, size = 's', more = {} }: Said): string {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
  const spec = {
    namespace: `${name}-base`,
    cluster: 'here',
    environmentsFrom: 'tenants/*.yaml',
    resources: { settings: { object: { ...map, data: { size } } } },
    argocd: {
      repository: HIDDEN,
      clusters: { here: 'https://kubernetes.default.svc' },
      applicationSets,
    },
    ...more,
  };
  const head = { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets', metadata: { name } };
  return stringify({ ...head, spec });
}

/** A spec takes no file:// URL, so that is put in afterwards. */
async function expand(folder: string, url: string): Promise<void> {
  for (const part of ['argocd', 'base', 'overlays'])
    rmSync(join(folder, part), { recursive: true, force: true });
  const { status, stderr } = await runMain(folder, ['expand']);
  if (status !== 0) throw new Error(stderr);
  putUrl(join(folder, 'argocd'), HIDDEN, url);
}

/** The Applications of the ApplicationSet in Git; those that stand there themselves, without one. */
function madeIn(folder: string): readonly KubeObject[] {
  const host = nodeHost(folder);
  const files = (below: string): (readonly [string, string])[] =>
    host
      .listFiles(below)
      .map(path => [`${below}/${path}`, readFileSync(join(folder, below, path), 'utf8')] as const);
  const applied = files('argocd/applications').flatMap(([, text]) => objectsOf(text));
  const made = applied.flatMap(object =>
    object.kind === 'ApplicationSet' ? madeOf(object, files('overlays')) : [object],
  );
  return made.filter(({ kind }) => kind === 'Application');
}

/** With steps the controller syncs, and Argo CD not by itself. */
function madeOf(
  set: KubeObject,
  files: Iterable<readonly [path: string, text: string]>,
): KubeObject[] {
  const made = generated(set, files);
  if (!('strategy' in (set['spec'] as object))) return made;
  return made.map(object => {
    const { syncPolicy, ...others } = object['spec'] as { readonly syncPolicy: JsonObject };
    const automated = { ...(syncPolicy['automated'] as JsonObject), enabled: false };
    return { ...object, spec: { ...others, syncPolicy: { ...syncPolicy, automated } } };
  });
}

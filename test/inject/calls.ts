import type { KubeObject } from '../../generator/core/kube-object.ts';
import { folderOf, objectsOf, type Ran, remSecretsFn, runMain } from '../machine.ts';

/** An injection as a file that kustomize runs the function for; `spec` is YAML in braces. */
export function injectionOf(spec: string, name = 'shop'): string {
  return `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecretsInjection
metadata:
  name: ${name}
  annotations: { config.kubernetes.io/function: 'exec: { path: ${remSecretsFn} }' }
spec:
${spec.replace(/^\n/, '').replaceAll(/^(?=.)/gm, '  ')}`;
}

/** Runs the command on manifests. */
export async function runInject(
  manifests: string,
  spec: string,
  ...args: readonly string[]
): Promise<Ran> {
  const folder = folderOf({
    'rem-secrets-injection.yaml': injectionOf(spec),
    'other.yaml': injectionOf(spec, 'other'),
    'manifests.yaml': manifests,
  });
  return runMain(folder, ['inject', 'manifests.yaml', ...args]);
}

/** The objects that come of it; a run that fails, or says something, is an error. */
export async function injected(manifests: string, spec: string): Promise<KubeObject[]> {
  const { status, stdout, stderr } = await runInject(manifests, spec);
  if (status !== 0 || stderr !== '') throw new Error(stderr);
  return objectsOf(stdout);
}

/** A Deployment with these containers, as YAML in brackets. */
export function deployment(containers: string, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop${more} }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: ${containers} }
`;
}

/** The pod spec of the first object that has a template. */
export function podSpec(objects: readonly KubeObject[]): {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly unknown[];
} {
  const [object] = objects as unknown as { spec: { template: { spec: never } } }[];
  if (object === undefined) throw new Error('no object');
  return object.spec.template.spec;
}

/** The pod spec of the first object that comes of manifests. */
export async function podOf(manifests: string, spec: string): Promise<ReturnType<typeof podSpec>> {
  return podSpec(await injected(manifests, spec));
}

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly unknown[];
  readonly volumeMounts?: readonly unknown[];
}

/** The names of a container's variables, in their order. */
export function namesOf({ env = [] }: Container): string[] {
  return env.map(({ name }) => name);
}

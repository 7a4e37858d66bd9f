import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { kubeconformArguments } from '../generator/validate/command.ts';
import { pluginFile } from './krm/calls.ts';
import {
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  remSecretsFn,
  root,
  run,
  tool,
} from './machine.ts';
import { blocks } from './markdown-blocks.ts';

const folder = join(root, 'packaging/argocd');
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const plugin = load(textOf('plugin.yaml')) as {
  readonly spec: { readonly generate: { readonly command: readonly [string, ...string[]] } };
};

/** The repo-server of Argo CD 3.6, as far as the sidecar has to do with it (manifests/core-install.yaml). */
const repoServer = `apiVersion: apps/v1
kind: Deployment
metadata: { name: argocd-repo-server }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: argocd-repo-server } }
  template:
    metadata: { labels: { app.kubernetes.io/name: argocd-repo-server } }
    spec:
      initContainers:
        - name: copyutil
          image: quay.io/argoproj/argocd:v3.6.1
          volumeMounts: [{ name: var-files, mountPath: /var/run/argocd }]
      containers:
        - name: argocd-repo-server
          image: quay.io/argoproj/argocd:v3.6.1
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            - { name: plugins, mountPath: /home/argocd/cmp-server/plugins }
      volumes:
        - { name: tmp, emptyDir: {} }
        - { name: var-files, emptyDir: {} }
        - { name: plugins, emptyDir: {} }
`;

interface Pod {
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
  }[];
}

test('the component puts the sidecar beside the repo-server, and the result is valid', () => {
  const home = folderOf({
    'repo-server.yaml': repoServer,
    'kustomization.yaml':
      'namespace: argocd\nresources: [repo-server.yaml]\ncomponents: [argocd]\nimages: [{ name: rem-secrets-argocd, newName: registry.example.com/sidecar, newTag: "1" }]\n',
  });
  cpSync(folder, join(home, 'argocd'), { recursive: true });
  const built = kustomizeBuild(home);
  const items = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: built });
  output(tool('kubeconform'), kubeconformArguments(join(root, 'schemas')), { input: items });
  const [pod] = built
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => (spec as unknown as { template: { spec: Pod } }).template.spec);
  if (pod === undefined) throw new Error('there is no Deployment');
  const { containers, volumes } = pod;
  const sidecar = containers.find(({ name }) => name === 'rem-secrets');
  expect(containers).toHaveLength(2);
  expect(sidecar?.image).toBe('registry.example.com/sidecar:1');
  expect(sidecar).toMatchObject({
    command: ['/var/run/argocd/argocd-cmp-server'],
    securityContext: { runAsUser: 999, runAsNonRoot: true },
  });
  const names = volumes.map(({ name }) => name);
  for (const { name } of sidecar?.volumeMounts ?? []) expect(names).toContain(name);
  expect(sidecar?.volumeMounts.find(({ mountPath }) => mountPath === '/tmp')?.name).not.toBe('tmp');
  const [settings] = built.filter(({ kind }) => kind === 'ConfigMap');
  expect(volumes.find(({ configMap }) => configMap !== undefined)?.configMap?.name).toBe(
    settings?.metadata.name,
  );
  expect(settings?.['data']).toEqual({ 'plugin.yaml': textOf('plugin.yaml') });
});

test('its command, on a PATH as in the image, makes the objects of a spec', () => {
  const home = folderOf({
    'rem-secrets.yaml': pluginFile(
      '{ namespace: shop, secrets: { session: { manual: [key] } } }',
      'rem-secrets-fn',
    ),
    'kustomization.yaml': 'generators: [rem-secrets.yaml]\ncomponents: [guard]\n',
  });
  cpSync(join(root, 'test/plugin/guard'), join(home, 'guard'), { recursive: true });
  const bin = join(home, '.bin');
  mkdirSync(bin);
  symlinkSync(remSecretsFn, join(bin, 'rem-secrets-fn'));
  symlinkSync(tool('kustomize'), join(bin, 'kustomize'));
  const path = [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  const [program, ...args] = plugin.spec.generate.command;
  const ran = run(program, args, { cwd: home, env: { PATH: path, HOME: home } });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
  expect(objectsOf(ran.stdout).map(({ kind }) => kind)).toEqual(['Namespace']);
});

test('the image has the kustomize that is tried here, a Node that is, and what the command runs', () => {
  const dockerfile = textOf('Dockerfile');
  const go = readFileSync(join(root, 'tools/go.mod'), 'utf8');
  const [, version] = /kustomize\/kustomize\/v5 (v[\d.]+)/.exec(go) ?? [];
  expect(dockerfile).toContain(`FROM registry.k8s.io/kustomize/kustomize:${version} AS kustomize`);
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(engines.node).toContain(/node:(\d+)-slim/.exec(dockerfile)?.[1]);
  expect(dockerfile).toMatch(/^USER 999$/m);
  expect(dockerfile).toContain(`/usr/local/bin/${plugin.spec.generate.command[0]}`);
});

test('docs/argocd.md shows the plugin as it is', () =>
  expect(blocks('docs/argocd.md', 'yaml').map(text => load(text))).toContainEqual(plugin));

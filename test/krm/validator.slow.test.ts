import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import {
  byIdentity,
  expectStderr,
  folderOf,
  kustomizeBuild,
  objectsOf,
  type Ran,
  remSecretsFn,
  root,
  run,
  tool,
} from '../machine.ts';
import { build, edit } from './calls.ts';

/** How another repository has its builds checked by a transformer. */
const example = join(root, 'test/validator');

const ORIGIN = 'config.kubernetes.io/origin';

function baseWithOrigins(): KubeObject[] {
  return kustomizeBuild(join(example, 'base')).map(object => {
    const annotations = {
      ...object.metadata.annotations,
      [ORIGIN]: 'path: ../base/manifests.yaml\n',
    };
    return { ...object, metadata: { ...object.metadata, annotations } };
  });
}

function buildCopy(overlay: string, path: string, change: (text: string) => string): Ran {
  const folder = folderOf();
  cpSync(example, folder, { recursive: true });
  edit(join(folder, 'lint/lint.yaml'), text =>
    text.replace(/path: .*rem-secrets-fn/, `path: ${remSecretsFn}`),
  );
  edit(join(folder, path), change);
  return build(join(folder, overlay));
}

function replaced(from: string, to: string): (text: string) => string {
  return text => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  };
}

test('a correct build has the objects of its base, and says where they come from', () => {
  const { status, stdout, stderr } = build(join(example, 'good'));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(byIdentity(objectsOf(stdout))).toEqual(byIdentity(baseWithOrigins()));
});

test('a build with a broken reference fails, and names the line in the base', () => {
  const { status, stdout, stderr } = build(join(example, 'broken'));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  const [, line = ''] =
    /^\.\.\/base\/manifests\.yaml:(\d+):24: error: Deployment shop\/web: Secret "web-keys" has no key "stripe" \[unknown-secret-key\]$/m.exec(
      stderr,
    ) ?? [];
  const lines = readFileSync(join(example, 'base/manifests.yaml'), 'utf8').split('\n');
  expect(lines[Number(line) - 1]).toBe('                  key: stripe');
  expect(stderr).toMatch(/^ {2}hint: .*Did you mean "stripe-key"\?$/m);
});

test('without originAnnotations the object and its field are named', () => {
  const { stderr } = buildCopy('broken', 'broken/kustomization.yaml', text =>
    text.replace('  - originAnnotations\n', '').replace('buildMetadata:', 'buildMetadata: []'),
  );
  expect(stderr).toMatch(
    /^Deployment shop\/web spec\.template\.spec\.containers\[0\]\.env\[0\]\.valueFrom\.secretKeyRef\.key: error: /m,
  );
});

test('what is outside is declared: without it the build fails', () => {
  const drop = (line: RegExp) =>
    buildCopy('good', 'lint/lint.yaml', text => {
      expect(text).toMatch(line);
      return text.replace(line, '');
    });
  expect(drop(/ {4}secrets: .*\n/).stderr).toContain('nothing makes the Secret "registry-login"');
  expect(drop(/ {4}objects: .*\n/).stderr).toContain('there is no ClusterSecretStore "vault"');
});

test('failOn says whether a warning fails the build', () => {
  const auto = "    reloader.stakater.com/auto: 'true'\n";
  const failing = buildCopy('good', 'base/manifests.yaml', replaced(`  annotations:\n${auto}`, ''));
  expect(failing).toMatchObject({ status: 1, stdout: '' });
  expect(failing.stderr).toMatch(
    /^\.\.\/base\/manifests\.yaml:\d+:\d+: warning: .*\[missing-reload\]$/m,
  );
});

test('an acceptance that accepts nothing is at its line', () => {
  const accept = `  accept:
    - rule: missing-reload
      object: Deployment/shop/web
      reason: restarted every night
`;
  const { stderr } = buildCopy('good', 'lint/lint.yaml', text => text + accept);
  expect(stderr).toMatch(/^\.\.\/lint\/lint\.yaml:15:15: warning: .* \[unused-acceptance\]$/m);
});

test('without --enable-exec nothing is checked, and kustomize says nothing of it', () => {
  const args = ['build', '--enable-alpha-plugins', join(example, 'broken')];
  const { status, stdout, stderr } = run(tool('kustomize'), args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('secretKey: stripe-key');
});

test.for([{ flags: ['--enable-exec'] }, { flags: [] }])(
  'with only the flags $flags the build fails',
  ({ flags }) =>
    expectStderr(
      run(tool('kustomize'), ['build', ...flags, join(example, 'good')]),
      1,
      "external plugins disabled; unable to load external plugin 'RemSecretsLint'",
    ),
);

/** https://github.com/kubernetes-sigs/kustomize/issues/5036 */
test('kustomize cannot run it as a validator: it takes annotations of its own for a change', () =>
  expectStderr(
    buildCopy('good', 'good/kustomization.yaml', replaced('transformers:', 'validators:')),
    1,
    "validator shouldn't modify the resource map",
  ));

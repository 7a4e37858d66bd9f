import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, expect, test } from 'vitest';
import { isRoot } from '../installed.ts';
import { lastingFolder, output, type Ran, root, run, runKrm, tool } from '../machine.ts';

/*
 * What a release consists of, from one dry run; each program of it is tried from there, without the
 * Node of this machine.
 */
const folder = lastingFolder();
const release = join(folder, 'release');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `rem-secrets-${version}`;
const platform = `${process.platform}-${process.arch}`;
const before = output('git', ['status', '--porcelain']);

beforeAll(() => {
  const args = ['tools/release.ts', '--dry-run', '--level', '1', '--out', release];
  output(process.execPath, ['--import', 'tsx', ...args]);
});

const textOf = (file: string): string => readFileSync(join(release, file), 'utf8');
const LIST = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n';

test('a dry run touches nothing of the repository', () => {
  expect(output('git', ['status', '--porcelain'])).toBe(before);
});

test('the checksums are those of the files, and the provenance names them and the commit', () => {
  output('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: release });
  const { subject, predicate } = JSON.parse(textOf('provenance.intoto.json'));
  const sums = textOf('SHA256SUMS')
    .trim()
    .split('\n')
    .map(line => line.split('  '));
  const told = subject.map((one: { name: string; digest: { sha256: string } }) => [
    one.digest.sha256,
    one.name,
  ]);
  expect(told).toEqual(sums);
  const [{ digest }] = predicate.buildDefinition.resolvedDependencies;
  expect(digest.gitCommit).toBe(output('git', ['rev-parse', 'HEAD']).trim());
});

test('the bill names what is built into the bundles, and no time', () => {
  const bill = JSON.parse(textOf(`${name}.cdx.json`));
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { version } } });
  const names = bill.components.map((one: { name: string }) => one.name);
  expect(names).toEqual(expect.arrayContaining(['commander', 'yaml', 'ajv', '@dagrejs/dagre']));
  expect(names).toContain('sigs.k8s.io/kustomize/api');
  expect(bill).not.toHaveProperty('serialNumber');
  expect(bill.metadata).not.toHaveProperty('timestamp');
});

test('the manifests of krew and Homebrew name the files with their checksums', () => {
  const sums = new Map(
    textOf('SHA256SUMS')
      .trim()
      .split('\n')
      .map(line => line.split('  ').reverse() as [string, string]),
  );
  const krew = load(textOf('krew.yaml')) as {
    spec: { platforms: [{ uri: string; sha256: string; bin: string }] };
  };
  const [{ uri, sha256, bin }] = krew.spec.platforms;
  expect(uri).toMatch(/\/rem-secrets-[\d.]+-linux-x64\.tar\.gz$/);
  expect(sha256).toBe(sums.get(uri.slice(uri.lastIndexOf('/') + 1)));
  expect(output('tar', ['-tf', `${name}-${platform}.tar.gz`], { cwd: release })).toContain(
    `${bin}\n`,
  );
  expect(textOf('rem-secrets.rb')).toContain(`sha256 "${sums.get(`${name}.tgz`)}"`);
});

test('the program runs where it is unpacked, through links, without Node', async () => {
  output('tar', ['-xzf', `${name}-${platform}.tar.gz`], { cwd: release });
  const env = { PATH: '/usr/bin:/bin', XDG_CACHE_HOME: '/dev/null' };
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const compiled = join(release, name, 'dist/compiled');
  const sums = output('sha256sum', readdirSync(compiled), { cwd: compiled });
  for (const file of ['rem-secrets', 'rem-secrets-fn', 'kubectl-rem_secrets'])
    symlinkSync(join(release, name, file), join(bin, file));
  const call = (file: string, args: readonly string[], input = ''): Ran =>
    run(join(bin, file), args, { cwd: folder, input, env });
  for (const file of ['rem-secrets', 'kubectl-rem_secrets'])
    expect(call(file, ['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  expect(call('rem-secrets', ['init', '--yes', '--name', 'shop'])).toMatchObject({ status: 0 });
  expect(call('rem-secrets', ['expand'])).toMatchObject({ status: 0 });
  expect(call('rem-secrets-fn', [], LIST)).toEqual(await runKrm(LIST));
  const kustomize = join(release, name, '.tools/kustomize');
  expect(output(kustomize, ['version'])).toBe(output(tool('kustomize'), ['version']));
  expect(output(kustomize, ['build', 'overlays/prod'], { cwd: folder })).toBe(
    output(tool('kustomize'), ['build', 'overlays/prod'], { cwd: folder }),
  );
  expect(call('rem-secrets', ['render', 'prod'])).toMatchObject({ status: 0 });
  expect(call('rem-secrets', ['lint'])).toMatchObject({ stderr: '' });
  const sides = ['--base', 'path:.', '--head', 'path:.'];
  expect(call('rem-secrets', ['diff', ...sides])).toMatchObject({ status: 0, stderr: '' });
  // What V8 does not take is written anew.
  expect(sums).toMatch(/commands-diff(?:.|\n)*commands-render/);
  expect(run('sha256sum', ['--check', '--quiet'], { cwd: compiled, input: sums })).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
});

test('kustomize of npm, installed beside the package, is the one that builds', () => {
  const kustomize = `rem-secrets-kustomize-${platform}-${version}.tgz`;
  const files = [`${name}.tgz`, kustomize].map(file => join(release, file));
  const prefix = join(folder, 'prefix');
  output('npm', ['install', '-g', '--offline', '--no-audit', '--prefix', prefix, ...files]);
  const built = join(folder, 'built');
  mkdirSync(built);
  writeFileSync(join(built, 'kustomization.yaml'), 'configMapGenerator: [{ name: made }]\n');
  // Node alone: no kustomize, no kubectl.
  const alone = join(folder, 'alone');
  mkdirSync(alone);
  symlinkSync(process.execPath, join(alone, 'node'));
  const env = { PATH: alone, XDG_CACHE_HOME: '/dev/null' };
  const lint = (place: string): Ran =>
    run(join(place, 'bin/rem-secrets'), ['lint', built], { cwd: folder, env });
  expect(lint(prefix)).toMatchObject({ status: 0, stderr: '' });
  rmSync(join(prefix, `lib/node_modules/rem-secrets-kustomize-${platform}`), { recursive: true });
  expect(lint(prefix).stdout + lint(prefix).stderr).toContain('kustomize is not installed');
});

interface Descriptor {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

// Needs root: only root may change the root folder.
test.runIf(isRoot)(
  'each image runs by what its layout says, with nothing but what is in it',
  async () => {
    const [layout, rootfs] = [join(folder, 'layout'), join(folder, 'rootfs')];
    for (const path of [layout, rootfs]) mkdirSync(path);
    output('tar', ['-xf', join(release, `${name}-${platform}.oci.tar`), '-C', layout]);
    expect(JSON.parse(readFileSync(join(layout, 'oci-layout'), 'utf8'))).toEqual({
      imageLayoutVersion: '1.0.0',
    });
    const blob = ({ digest }: Descriptor): string =>
      join(layout, 'blobs', digest.replace(':', '/'));
    const parsed = (place: string): never => JSON.parse(readFileSync(place, 'utf8')) as never;
    const { manifests }: { manifests: Descriptor[] } = parsed(join(layout, 'index.json'));
    const programs = manifests.map(one => {
      const { config, layers }: { config: Descriptor; layers: [Descriptor] } = parsed(blob(one));
      const sum = output('sha256sum', [blob(layers[0])]);
      expect(`sha256:${sum.split(' ')[0]}`).toBe(layers[0].digest);
      output('tar', ['-xzf', blob(layers[0]), '-C', rootfs]);
      const image: { config: { Entrypoint: string[] } } = parsed(blob(config));
      return [
        one.annotations?.['org.opencontainers.image.ref.name'],
        image.config.Entrypoint,
      ] as const;
    });
    expect(programs.map(([reference]) => reference)).toEqual([
      `rem-secrets:${version}`,
      `rem-secrets-fn:${version}`,
    ]);
    const [line = [], fn = []] = programs.map(([, entry]) => entry);
    const inside = (entry: readonly string[], args: readonly string[], input = ''): Ran =>
      run('chroot', ['--userspec=65534:65534', rootfs, ...entry, ...args], {
        input,
        env: { PATH: '/usr/sbin:/usr/bin' },
      });
    expect(inside(line, ['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(inside(fn, [], LIST)).toEqual(await runKrm(LIST));
    // A container has devices.
    mkdirSync(join(rootfs, 'dev'));
    writeFileSync(join(rootfs, 'dev/null'), '');
    output('chmod', ['a+w', join(rootfs, 'dev/null')]);
    writeFileSync(join(rootfs, 'work/kustomization.yaml'), 'resources: [absent.yaml]\n');
    expect(inside(line, ['lint', '/work']).stdout).toContain('absent.yaml');
  },
);

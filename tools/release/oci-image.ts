import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { compiledEntries } from './compiled-code.ts';
import { kustomizeEntries } from './kustomize.ts';
import { nodeEntries, output, packageEntries } from './parts.ts';
import { type Entry, tarOf } from './tar.ts';

/*
 * An OCI image layout (https://github.com/opencontainers/image-spec), made without a
 * daemon. There is nothing in it but Node, kustomize, a shell, what these are linked to, and the package:
 * no other program, no package manager.
 */

const HOME = 'rem-secrets';

/** GOARCH, as images name processors, by Node's names. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

interface Blob {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A tar of a layout with an image for each program, which have their one layer in common. */
export function ociImage(root: string, version: string, level: number): Buffer {
  const layer = layerOf(root);
  const bytes = gzipSync(layer, { level });
  const blobs: Blob[] = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', bytes }];
  const manifests = ['rem-secrets', 'rem-secrets-fn'].map(name => {
    const config = json('application/vnd.oci.image.config.v1+json', configOf(name, version, layer));
    const manifest = json('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptor(config),
      layers: blobs.slice(0, 1).map(descriptor),
    });
    blobs.push(config, manifest);
    const annotations = { 'org.opencontainers.image.ref.name': `${name}:${version}` };
    return { ...descriptor(manifest), annotations };
  });
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests,
  };
  return tarOf([
    { path: 'oci-layout', bytes: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { path: 'index.json', bytes: Buffer.from(JSON.stringify(index)) },
    ...blobs.map(({ bytes }) => ({ path: `blobs/sha256/${sha256(bytes)}`, bytes })),
  ]);
}

function configOf(name: string, version: string, layer: Buffer): object {
  return {
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: process.platform,
    config: {
      User: '65534:65534',
      WorkingDir: '/work',
      Entrypoint: [`/${HOME}/bin/node`, `/${HOME}/dist/start/${name}.cjs`],
      Labels: {
        'org.opencontainers.image.title': name,
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
  };
}

function layerOf(root: string): Buffer {
  return tarOf([
    ...packageEntries(root, HOME),
    ...compiledEntries(root, HOME, []),
    ...nodeEntries(HOME),
    ...kustomizeEntries(root, HOME),
    ...shellAndLibraries(),
    {
      path: 'etc/passwd',
      bytes: Buffer.from('nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n'),
    },
    { path: 'tmp/' },
    { path: 'work/' },
  ]);
}

/** The shell that sets limits for kustomize, and what it and Node are linked to, at the paths where they look for it (ldd). */
function shellAndLibraries(): Entry[] {
  const shell = realpathSync('/bin/sh');
  const lines = [shell, realpathSync(process.execPath)].flatMap(program =>
    output('/', 'ldd', program).split('\n'),
  );
  const paths = lines.flatMap(line => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  const files = [...new Set(paths)].map(path => [path.slice(1), path] as const);
  return [...files, ['bin/sh', shell] as const].map(([path, file]) => ({
    path,
    bytes: readFileSync(file),
    isExecutable: true,
  }));
}

function json(mediaType: string, value: object): Blob {
  return { mediaType, bytes: Buffer.from(JSON.stringify(value)) };
}

function descriptor({ mediaType, bytes }: Blob): {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
} {
  return { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
}

/** In hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

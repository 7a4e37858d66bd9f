import { kustomizeModules } from './kustomize.ts';
import { output } from './parts.ts';

/** A file of a release, by its name, and its SHA-256. */
export interface Artifact {
  readonly name: string;
  readonly sha256: string;
}

/** The form of `sha256sum`. */
export function checksums(artifacts: readonly Artifact[]): string {
  return artifacts.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}

/**
 * What the program is built of and with, as CycloneDX: npm's own, from package-lock.json, and the modules of the
 * kustomize in the archive. Everything of npm is a development dependency, as what is used is built into the bundles.
 * npm adds a time and a number that nobody needs; without them the same lock gives the same bytes.
 */
export function bill(root: string): string {
  const text = output(root, 'npm', 'sbom', '--sbom-format', 'cyclonedx', '--package-lock-only');
  const {
    serialNumber: _,
    metadata,
    components,
    ...rest
  } = JSON.parse(text) as Record<string, object>;
  const { timestamp: __, ...kept } = metadata as Record<string, unknown>;
  const modules = kustomizeModules(root).map(({ name, version }) => {
    const purl = `pkg:golang/${name}@${version}`;
    return { 'bom-ref': purl, type: 'library', name, version, purl };
  });
  const all = [...(components as readonly object[]), ...modules];
  return `${JSON.stringify({ ...rest, metadata: kept, components: all }, null, 2)}\n`;
}

/**
 * Where the files come from: an in-toto statement with SLSA provenance (https://slsa.dev/spec/v1.0/provenance).
 * It is not signed: who publishes it signs it, as with `cosign sign-blob`.
 */
export function provenance(root: string, version: string, artifacts: readonly Artifact[]): string {
  const commit = output(root, 'git', 'rev-parse', 'HEAD').trim();
  const isChanged = output(root, 'git', 'status', '--porcelain').trim() !== '';
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: artifacts.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://rem-secrets.io/release/v1',
        externalParameters: { version },
        internalParameters: { isChanged },
        resolvedDependencies: [{ uri: 'git+rem-secrets', digest: { gitCommit: commit } }],
      },
      runDetails: {
        builder: {
          id: 'https://rem-secrets.io/release/local',
          version: { node: process.versions.node, npm: output(root, 'npm', '--version').trim() },
        },
      },
    },
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}

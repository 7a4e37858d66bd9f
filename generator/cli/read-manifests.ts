import { join } from 'node:path';
import type { Finding } from '../source/finding.ts';
import type { Host } from './host.ts';
import { runTool } from './tools.ts';

/** A stream of manifests: a file's, or what kustomize builds of a folder. */
export interface ManifestSource {
  readonly name: string;
  /** The file that findings point at. */
  readonly file: string;
  /** kustomize made the text: lines in it mean nothing to the reader. */
  readonly isBuilt: boolean;
  /** Absent when it could not be had; then `findings` say why. */
  readonly text?: string;
  readonly findings: readonly Finding[];
}

const KUSTOMIZATION = /^kustomization\.ya?ml$|^Kustomization$/;

/** The manifests at a path: a file, a kustomization root (built), or all YAML below a folder. */
export function readManifests(path: string, host: Host): ManifestSource[] {
  if (!host.exists(path)) return [unreadable(path, path, `there is no ${path}`)];
  if (!host.isFolder(path)) return [readFile(path, host)];
  const files = host.listFiles(path);
  if (files.some(file => KUSTOMIZATION.test(file))) return [build(path, host)];
  return files
    .filter(file => /\.(ya?ml|json)$/.test(file))
    .map(file => readFile(join(path, file), host));
}

function readFile(file: string, host: Host): ManifestSource {
  const text = new TextDecoder().decode(host.readFile(file));
  return { name: file, file, isBuilt: false, text, findings: [] };
}

function build(folder: string, host: Host): ManifestSource {
  const { status, stdout, stderr } = runTool('kustomize', ['build', folder], host);
  const file = join(folder, 'kustomization.yaml');
  if (status !== 0) return unreadable(folder, file, `kustomize cannot build it: ${stderr.trim()}`);
  return { name: folder, file, isBuilt: true, text: stdout, findings: [] };
}

function unreadable(name: string, file: string, message: string): ManifestSource {
  const at = { file, line: 1, column: 1 };
  const finding: Finding = { id: 'unreadable', severity: 'error', message, field: '', at };
  return { name, file, isBuilt: false, findings: [finding] };
}

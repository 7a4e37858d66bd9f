import type { Finding } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import { isSystemError, reasonOf } from '../ground/host-error.ts';
import type { Unknown } from '../kinds/deployment-ends.ts';

/** A stream of manifests: a file's, or what kustomize builds of a folder. */
export interface ManifestSource {
  readonly name: string;
  /** The file that findings point at. */
  readonly file: string;
  /** kustomize made the text: lines in it mean nothing to the reader. */
  readonly isBuilt: boolean;
  /** The version of the helm that made it of a template, which is the file. */
  readonly helm?: string;
  /** Absent when it could not be had; then `findings` say why. */
  readonly text?: string;
  readonly findings: readonly Finding[];
  /** What of a kustomization is left out of the text, as it is remote or may not be read. */
  readonly unread?: readonly Finding[];
  /** Where there may be objects, in the cluster, that the text does not show. */
  readonly unknowns?: readonly Unknown[];
  /** Where the files are, without links, that it is built from; absent: it is its own. */
  readonly places?: readonly string[];
  /** How many charts Helm made that are in it, and which helm. */
  readonly madeCharts?: { readonly count: number; readonly helm: string };
  /** The kustomizations in it that have Helm charts made. */
  readonly charted?: readonly ChartedFile[];
  /** What it could not make of them, objects with namespaces of their own included, is in this one. */
  readonly namespace?: string;
}

/** A kustomization that has charts made, as it is written. */
export interface ChartedFile {
  readonly file: string;
  readonly place: string;
  readonly text: string;
  /** Those of its charts that Helm has made, as `renderedKey` has them. */
  readonly rendered: readonly string[];
}

/** What is larger and lies in a folder is data: etcd takes no object above 1.5 MiB. */
const MOST_BYTES = 20 * 1024 * 1024;

/** A file that somebody asks for. */
export function readNamed(file: string, host: Host): ManifestSource {
  const bytes = bytesOf(file, host);
  return typeof bytes === 'string' ? unreadable(file, file, bytes) : source(file, bytes);
}

/** A file that a folder has; one that holds no manifests is skipped, and said to be. */
export function readFound(file: string, host: Host): ManifestSource {
  if (host.sizeOf(file) > MOST_BYTES) return skipped(file, 'the file is larger than 20 MiB');
  const bytes = bytesOf(file, host);
  return typeof bytes === 'string' ? skipped(file, bytes) : source(file, bytes);
}

/** The bytes of text, or why there are none. */
function bytesOf(file: string, host: Host): Uint8Array | string {
  try {
    const bytes = host.readFile(file);
    return isBinary(bytes) ? 'the file is binary: it holds a NUL byte' : bytes;
  } catch (error) {
    return `the file cannot be read: ${whyNotRead(error)}`;
  }
}

/** A system's error in words: its message has absolute paths in it. */
export function whyNotRead(error: unknown): string {
  if (isSystemError(error)) return reasonOf(error);
  return error instanceof Error ? error.message : String(error);
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

function source(file: string, bytes: Uint8Array): ManifestSource {
  const text = new TextDecoder().decode(bytes);
  return { name: file, file, isBuilt: false, text, findings: [] };
}

/** What a folder has and nobody reads, and why. */
export function skipped(file: string, reason: string): ManifestSource {
  const finding = unreadableFinding(file, `skipped: ${reason}`);
  const findings = [{ ...finding, rule: 'skipped-file', severity: 'warning' } as const];
  return { name: file, file, isBuilt: false, findings };
}

/** Manifests that cannot be had, and why. */
export function unreadable(
  name: string,
  file: string,
  message: string,
  hint?: string,
): ManifestSource {
  return { name, file, isBuilt: false, findings: [unreadableFinding(file, message, hint)] };
}

function unreadableFinding(file: string, message: string, hint?: string): Finding {
  return {
    rule: 'unreadable',
    severity: 'error',
    message,
    ...(hint !== undefined && { hint }),
    field: '',
    at: { file, line: 1, column: 1 },
  };
}

import type { Fault, Finding } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import { locate } from '../ground/locate.ts';
import { type FaultOfObject, manifestsOf, validateManifests } from '../ground/manifests.ts';
import { parseStream } from '../ground/yaml/yaml-text.ts';
import type { Versions } from '../kinds/products.ts';
import { releaseFor, takenBy, validatorsOf } from '../kinds/version-schemas.ts';
import { refusedByKubeconform, reportedName } from '../read/kubeconform.ts';
import { unreadCount } from '../read/kustomize/unread.ts';
import type { ManifestSource } from '../read/manifest-source.ts';
import { oneLine } from '../report/one-line.ts';
import type { CommonOptions } from './command.ts';

/** What is to be held by which versions, and how what comes of it is printed. */
interface SourceOptions extends Pick<CommonOptions, 'format'> {
  readonly versions: Versions;
}

type Place = (faults: readonly FaultOfObject[]) => Finding[];

/** The findings of one file or build, and a line that says how much was looked at. */
export function validateSource(
  source: ManifestSource,
  { format, versions }: SourceOptions,
  host: Host,
  place?: Place,
): Finding[] {
  const { unread = [] } = source;
  if (source.text === undefined) return [...unread, ...source.findings];
  const documents = parseStream(source.text);
  if (documents.value === undefined)
    return locate(documents.faults, { file: source.file, text: source.text });
  const manifests = manifestsOf(documents.value);
  const validators = validatorsOf(versions, host.validators);
  const { faults: found, unjudged } = validateManifests(manifests, validators);
  const faults = found.map(fault => withVersion(fault, versions, host));
  const findings = [
    ...unread,
    ...(place === undefined ? placedFaults(faults, source) : place(faults)),
    ...placedFaults(disagreements(source.text, { faults, versions }, host), {
      ...source,
      isBuilt: true,
    }),
  ];
  const without = unjudged.length === 0 ? '' : `, ${unjudged.length} of kinds without a schema`;
  const wrong = new Set(faults.map(({ object }) => object)).size;
  const line = `${oneLine(source.name)}: ${manifests.length} objects, ${wrong === 0 ? 'none' : wrong} invalid${without}${unread.length === 0 ? '' : `, ${unreadCount(unread.length)}`}\n`;
  if (format === 'text') host.stdout(line);
  return findings;
}

/** Faults where they stand; of what was built there is no text, and they are at its first line. */
export function placedFaults(
  faults: readonly Fault[],
  { file, isBuilt, text = '' }: ManifestSource,
): Finding[] {
  if (!isBuilt) return locate(faults, { file, text, isStream: true });
  return locate(
    faults.map(fault => ({ ...fault, path: [], offset: 0 })),
    { file, text: '' },
  );
}

/** A fault, with advice where another version takes what the one that runs refuses. */
function withVersion(fault: FaultOfObject, versions: Versions, host: Host): FaultOfObject {
  const { object, inObject, hint } = fault;
  const running = releaseFor(versions, object.apiVersion);
  const taking = takenBy(object, { path: inObject }, running, host.validators);
  if (taking === undefined) return fault;
  if (running !== undefined)
    return { ...fault, hint: `Remove it, or run ${taking}: that takes it.` };
  const advice = `${taking} takes it: where that runs, say so by --versions, or by "versions" of the spec.`;
  return { ...fault, hint: hint === undefined ? advice : `${hint} ${advice}` };
}

/** What ajv refused, and by which versions. */
interface Refused {
  readonly faults: readonly FaultOfObject[];
  readonly versions: Versions;
}

const DOUBTFUL = new Set(['not-allowed', 'unknown-field']);

/** Objects that only one of ajv and kubeconform refuses. */
function disagreements(text: string, { faults, versions }: Refused, host: Host): Fault[] {
  const refused = refusedByKubeconform(text, versions, host);
  if (refused === undefined) return [];
  const theirs = new Map(refused.map(({ kind, name, message }) => [`${kind} ${name}`, message]));
  // Of a version that may have more fields and values kubeconform is not asked which are misspelt.
  const isAsked = ({ id, object }: FaultOfObject): boolean =>
    !DOUBTFUL.has(id) || releaseFor(versions, object.apiVersion)?.isOpen !== true;
  const ours = new Set(faults.map(({ object }) => reportedName(object)));
  const asked = new Set(faults.filter(isAsked).map(({ object }) => reportedName(object)));
  const messages = [
    ...[...theirs]
      .filter(([name]) => !ours.has(name))
      .map(([name, message]) => `only kubeconform refuses ${name}: ${message}`),
    ...[...asked].filter(name => !theirs.has(name)).map(name => `only ajv refuses ${name}`),
  ];
  const hint = 'This is a bug of rem-secrets or of its schemas: please report it.';
  return messages.map(message => ({ id: 'validators-disagree', message, hint, path: [] }));
}

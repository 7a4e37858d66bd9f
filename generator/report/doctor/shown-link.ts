import { fieldOf, type ObjectName, type Path, type Place } from '../../ground/finding.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import { writtenAt, writtenObject } from '../../kinds/placed-object.ts';
import type { Diagnosis, Link } from '../../operate/doctor/diagnosis.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { shown, shownObject } from '../graph/shown-names.ts';

/** What the formats are given: how the Secrets are, and where the manifests speak of them. */
export interface DoctorReport {
  readonly diagnoses: readonly Diagnosis[];
  readonly placeOf: FieldPlace;
}

/** A link as reports show it. */
export interface ShownLink {
  readonly link: Link['link'];
  readonly state: Link['verdict']['state'];
  /** What is broken, or why it is not known. */
  readonly message?: string;
  /** The link that has to be mended before. */
  readonly by?: Link['link'];
  readonly evidence: readonly {
    readonly kind: string;
    readonly text: string;
    readonly age?: string;
  }[];
  readonly object?: ObjectName;
  readonly field?: string;
  readonly at?: Place;
  readonly command?: string;
}

/** A cluster tells at any length. */
const LONGEST = 600;

/** A link with nothing in it that may not be shown. */
export function shownLink({ link, verdict }: Link, placeOf: FieldPlace): ShownLink {
  const { state } = verdict;
  if (verdict.state === 'blocked') return { link, state, by: verdict.by, evidence: [] };
  if (verdict.state === 'ok') return { link, state, evidence: [] };
  const { command } = verdict;
  const mends = command === undefined ? {} : { command };
  if (verdict.state === 'unknown')
    return { link, state, message: said(verdict.because), evidence: [], ...mends };
  return {
    link,
    state,
    message: said(verdict.message),
    evidence: verdict.evidence.map(({ kind, text, age }) => ({
      kind,
      text: said(text),
      ...(age !== undefined && { age }),
    })),
    ...placed(verdict.object, verdict.path, placeOf),
    ...mends,
  };
}

function placed(object: PlacedObject, path: Path, placeOf: FieldPlace): Partial<ShownLink> {
  const written = writtenAt(object, path);
  const at = placeOf(written.object, written.path);
  return {
    object: shownObject(objectName(writtenObject(object))),
    field: shown(fieldOf(written.path)),
    ...(at !== undefined && { at }),
  };
}

/** Whoever wrote it may have quoted a value. */
function said(text: string): string {
  const whole = shown(text);
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

import type { ObjectName, Place } from '../../ground/finding.ts';
import { objectName } from '../../kinds/kind.ts';
import { writtenAt, writtenObject } from '../../kinds/placed-object.ts';
import { tellingLink } from '../../operate/doctor/diagnosis.ts';
import type { EnvironmentStatus, SecretStatus } from '../../operate/status.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { shown, shownObject } from '../graph/shown-names.ts';

/** What the formats are given: how the environments are, and where the manifests speak of them. */
export interface StatusReport {
  readonly environments: readonly EnvironmentStatus[];
  readonly placeOf: FieldPlace;
}

/** A Secret as reports show it. */
export interface ShownStatus {
  readonly secret: { readonly namespace: string; readonly name: string };
  readonly state: 'well' | 'broken' | 'unknown';
  /** The link that it is broken or not known at. */
  readonly link?: string;
  readonly spec: SecretStatus['spec']['state'];
  /** What has drifted or is missing, and where it is written. */
  readonly object?: ObjectName;
  readonly field?: string;
  readonly at?: Place;
}

export function shownStatus({ health, spec }: SecretStatus, placeOf: FieldPlace): ShownStatus {
  const telling = tellingLink(health);
  const state = telling?.verdict.state === 'broken' ? 'broken' : 'unknown';
  const { object, field } = spec;
  const written = object && writtenAt(object, ['metadata', 'name']);
  const at = written && placeOf(written.object, written.path);
  return {
    secret: { namespace: shown(health.namespace), name: shown(health.name) },
    state: telling === undefined ? 'well' : state,
    ...(telling !== undefined && { link: telling.link }),
    spec: spec.state,
    ...(object !== undefined && { object: shownObject(objectName(writtenObject(object))) }),
    ...(field !== undefined && { field: shown(field) }),
    ...(at !== undefined && { at }),
  };
}

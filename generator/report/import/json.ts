import { RUNGS } from '../../adopt/coverage.ts';
import { objectName } from '../../kinds/kind.ts';
import { type Change, objectOfChange } from '../../review/changes/comparison.ts';
import { flatFinding, flatObject, jsonText } from '../json-text.ts';
import { countsOf, type ImportedEnvironment, type ImportReport } from './report.ts';

/** What was imported, for programs. */
export function renderImportJson(report: ImportReport): string {
  const { file, outcome, advice, findings, unread, faults, environments } = report;
  return jsonText({
    file,
    outcome,
    coverage: countsOf(report, RUNGS),
    environments: environments.map(environmentJson),
    findings: [...findings, ...unread, ...faults].map(flatFinding),
    advice,
  });
}

function environmentJson(environment: ImportedEnvironment): object {
  const { environment: name, namespace, objects, changes, coverage } = environment;
  return {
    name,
    namespace,
    compared: objects,
    differences: changes.map(changeJson),
    objects: coverage.map(({ object, rung, fields, patchedFields, reason }) => ({
      ...flatObject(objectName(object)),
      rung,
      fields,
      patchedFields,
      reason: reason ?? null,
    })),
  };
}

/** Names of fields alone: a value may be a secret. */
function changeJson(change: Change): object {
  const fields = change.what === 'changed' ? change.fields.map(({ field }) => field) : [];
  return { what: change.what, ...flatObject(objectName(objectOfChange(change))), fields };
}

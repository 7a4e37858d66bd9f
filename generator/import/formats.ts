import { groupBy } from '../core/json.ts';
import { type Change, objectOfChange } from '../diff/comparison.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';
import type { Formats } from '../report/format.ts';
import { firstOf, flatFinding, flatObject, jsonText, oneLine, renderText } from '../report/text.ts';
import { NO_FORM } from './draft.ts';
import {
  type Covered,
  countsOf,
  differencesOf,
  type ImportedEnvironment,
  type ImportReport,
  type Rung,
} from './report.ts';

export const importFormats: Formats<ImportReport> = {
  text: { render: renderImportText },
  json: { render: renderImportJson },
};

/** For people: the proof, then how objects are written in the spec, then what to do. */
function renderImportText(report: ImportReport): string {
  const parts = [
    report.findings.length + report.unread.length + report.faults.length > 0
      ? [renderText([...report.findings, ...report.unread, ...report.faults]).trimEnd()]
      : [],
    report.environments.length === 0
      ? []
      : [proofLine(report), ...report.environments.flatMap(changeLines)],
    countLines(report),
    reasonLines(report),
    report.environments.flatMap(namespaceLines),
    report.advice,
  ];
  return `${parts
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`;
}

function proofLine(report: ImportReport): string {
  const { differing, compared } = differencesOf(report);
  if (report.faults.length > 0) return `no spec makes these ${compared} objects`;
  const names = report.environments
    .map(({ environment }) => environment)
    .filter(name => name !== '');
  const where = names.length === 0 ? '' : ` of ${names.join(', ')}`;
  const unread = report.unread.filter(({ rule }) => rule !== 'skipped-file').length;
  const rest = unread === 0 ? '' : `; ${unread} of what they are made of was not read`;
  const things = `${compared} ${compared === 1 ? 'object' : 'objects'}`;
  return `${differing} ${differing === 1 ? 'difference' : 'differences'} in ${things}${where}${rest}`;
}

function changeLines({ environment, changes }: ImportedEnvironment): string[] {
  return changes.map(change => {
    const what = change.what === 'removed' ? 'not made' : change.what;
    return `  ${what}: ${objectText(objectOfChange(change))}${inEnvironment(environment)}${fieldsText(change)}`;
  });
}

function objectText({ kind, namespace, name }: PlacedObject): string {
  return oneLine(`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`);
}

function inEnvironment(name: string): string {
  return name === '' ? '' : ` (${name})`;
}

function fieldsText(change: Change): string {
  if (change.what !== 'changed') return '';
  return `: ${oneLine(change.fields.map(({ field }) => field).join(', '))}`;
}

const CALLED: Readonly<Record<Rung, string>> = {
  short: 'in short form',
  patched: 'in short form with a patch',
  verbatim: 'as they are, under resources',
  manual: 'Secrets by hand: their values are in no spec',
  lost: 'in no way',
};

function countLines(report: ImportReport): string[] {
  const counts = countsOf(report).filter(({ objects }) => objects > 0);
  const width = Math.max(...counts.map(({ objects }) => String(objects).length));
  const fieldWidth = Math.max(...counts.map(({ fields }) => String(fields).length));
  return counts.map(({ rung, objects, fields, patchedFields }) => {
    const patches = patchedFields === 0 ? '' : `, ${patchedFields} fields of patches`;
    const amount = `${String(objects).padStart(width)} objects, ${String(fields).padStart(fieldWidth)} fields`;
    return `${amount} ${CALLED[rung]}${patches}`;
  });
}

/** How many objects a line names. */
const MOST_NAMES = 4;

/** The Secrets that are made by hand, and why objects whose kind has a short form are written otherwise. */
function reasonLines({ environments }: ImportReport): string[] {
  const reasons = environments.flatMap(({ environment, coverage }) =>
    coverage.flatMap(covered => {
      const said = reasonOf(covered);
      const name = objectText(covered.object) + inEnvironment(environment);
      return said === undefined ? [] : [{ ...said, name }];
    }),
  );
  const groups = groupBy(reasons, ({ rung, reason }) => JSON.stringify([rung, reason]));
  return [...groups.values()].map(group => {
    const [{ rung, reason } = { rung: '', reason: '' }] = group;
    const names = group.map(({ name }) => name);
    return `${rung}: ${firstOf(names, MOST_NAMES)}${reason === '' ? '' : `: ${oneLine(reason)}`}`;
  });
}

function reasonOf({ rung, reason = '' }: Covered): { rung: string; reason: string } | undefined {
  if (rung === 'manual') return { rung: 'by hand', reason: '' };
  if (rung === 'lost') return { rung: 'in no way', reason };
  const isTold = rung === 'verbatim' && !reason.startsWith(NO_FORM);
  return isTold ? { rung: 'as it is', reason } : undefined;
}

function namespaceLines({
  environment,
  withoutNamespace,
  namespace,
}: ImportedEnvironment): string[] {
  if (withoutNamespace === 0) return [];
  const where = inEnvironment(environment);
  return withoutNamespace === 1
    ? [`1 object${where} names no namespace: it is taken to be in ${namespace}`]
    : [
        `${withoutNamespace} objects${where} name no namespace: they are taken to be in ${namespace}`,
      ];
}

function renderImportJson(report: ImportReport): string {
  const { file, outcome, advice, findings, unread, faults, environments } = report;
  return jsonText({
    file,
    outcome,
    coverage: countsOf(report),
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

/** A change by the names of its fields: their values may be secrets. */
function changeJson(change: Change): object {
  const fields = change.what === 'changed' ? change.fields.map(({ field }) => field) : [];
  return { what: change.what, ...flatObject(objectName(objectOfChange(change))), fields };
}

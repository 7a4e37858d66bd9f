import { oneLine } from '../one-line.ts';
import { tableText } from '../table-text.ts';
import { nameText, placeText } from '../text.ts';
import { type ShownStatus, type StatusReport, shownStatus } from './status-report.ts';

const HEAD = ['ENVIRONMENT', 'SECRET', 'FLOW', 'SPEC', 'WRITTEN', 'REFRESHED', 'NEXT'];

/** For people, on one screen: a line a Secret; below it what has drifted or is missing, once. */
export function renderStatusText({ environments, placeOf }: StatusReport): string {
  const rows = environments.flatMap(({ environment, secrets }) =>
    secrets.map(secret => {
      const { written = '-', refreshed = '-', next = '-' } = secret;
      const status = shownStatus(secret, placeOf);
      const name = nameText(status.secret);
      const cells = [environment, name, flowOf(status), status.spec, written, refreshed, next];
      return { status, cells: cells.map(text => [oneLine(text)]) };
    }),
  );
  if (rows.length === 0) return '';
  const told = new Set(rows.flatMap(({ status }) => differenceOf(status)));
  const table = tableText(
    HEAD,
    rows.map(({ cells }) => cells),
  );
  return table + [...told].map(line => `${oneLine(line)}\n`).join('');
}

function flowOf({ state, link }: ShownStatus): string {
  if (state === 'well') return 'well';
  return state === 'broken' ? `broken at ${link}` : `${link} unknown`;
}

function differenceOf({ spec, object, field, at }: ShownStatus): string[] {
  if (object === undefined || spec === 'unknown') return [];
  const place = at === undefined ? '' : `${placeText(at)}: `;
  const named = `${object.kind} ${nameText({ namespace: '', ...object })}`;
  return [`${place}${named} ${spec === 'missing' ? 'is not there' : `has drifted: ${field}`}`];
}

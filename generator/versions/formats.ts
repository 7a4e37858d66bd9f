import type { Formats } from '../report/format.ts';
import { jsonText, oneLine } from '../report/text.ts';
import type { FieldDifference, KindChange, ProductReport, VersionStep } from './versions.ts';

/** For people: a product, the version that runs, and the changes of each version, a line for each field. */
function productText(report: ProductReport): string {
  const { called, releases, steps } = report;
  const lines = [
    `${called}: ${releases.join(', ')}; ${runningText(report)}`,
    ...steps.flatMap(stepLines),
  ];
  return `${lines.map(oneLine).join('\n')}\n`;
}

function runningText({ running, usual }: ProductReport): string {
  return running.length > 0
    ? `runs: ${running.join(', ')}`
    : `not told which runs: held by the schemas of ${usual}`;
}

function stepLines({ from, to, kinds }: VersionStep): string[] {
  const head = `  ${from} → ${to}`;
  return kinds.length === 0
    ? [`${head}: no difference that is known in the kinds in use`]
    : [head, ...kinds.flatMap(kindLines)];
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

function kindLines({ kind, what, fields, facts }: KindChange): string[] {
  const name = what === 'changed' ? `    ${kind}` : `    ${SIGNS[what]} ${kind}`;
  return [name, ...fields.map(fieldLine), ...facts.map(fact => `      · ${fact}`)];
}

function fieldLine({ field, what, how }: FieldDifference): string {
  return `      ${SIGNS[what]} ${field}${how.length === 0 ? '' : `: ${how.join('; ')}`}`;
}

export const versionsFormats: Formats<readonly ProductReport[]> = {
  text: { render: reports => reports.map(productText).join('\n') },
  json: { render: products => jsonText({ products }) },
};

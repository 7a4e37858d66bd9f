import type { Finding } from '../core/finding.ts';
import { type Cause, furtherPlaces } from './causes.ts';
import { excerptOf } from './excerpt.ts';
import type { Formats } from './format.ts';
import { flatFinding, jsonText, objectText, oneLine, placeText, someOf } from './text.ts';

/** What is wrong with the input of a command, and the lines that it points at. */
interface FindingList {
  readonly findings: readonly Finding[];
  readonly textOf: TextOf;
}

/** The text of a file; undefined when it is not there. */
export type TextOf = (file: string) => string | undefined;

/** Puts a colour around a text, or does not. */
type Paint = (text: string) => string;

/** How the parts of a finding are painted. */
type Colors = Readonly<Record<Finding['severity'] | 'place' | 'faint', Paint>>;

/** Select Graphic Rendition (ECMA-48): red, yellow, bold, faint. */
const COLORS: Colors = { error: sgr(31), warning: sgr(33), place: sgr(1), faint: sgr(2) };

const plain: Paint = text => text;
const NO_COLORS: Colors = { error: plain, warning: plain, place: plain, faint: plain };

function sgr(code: number): Paint {
  return text => `\u001b[${code}m${text}\u001b[0m`;
}

/** The colours for people at a terminal that has them, or none. */
export function colorsFor(hasColors: boolean): Colors {
  return hasColors ? COLORS : NO_COLORS;
}

/** A finding for people: with its line of the file, the hint, the second places, and where else it is. */
export function findingBlock({ finding, others }: Cause, textOf: TextOf, colors: Colors): string {
  const { rule, severity, message, hint, at, related = [] } = finding;
  const head = at === undefined ? objectAndField(finding) : placeText(at);
  const second = related.filter(place => place.at !== undefined);
  const lines = [
    `${colors.place(oneLine(head))}: ${colors[severity](severity)}: ${oneLine(message)} ${colors.faint(`[${rule}]`)}`,
    ...excerpt(finding, textOf, colors),
    ...(hint === undefined ? [] : [`  hint: ${oneLine(hint)}`]),
    ...placeLines(second, MOST_SECOND, ''),
    ...placeLines(furtherPlaces({ finding, others }), MOST_FURTHER, ' places'),
  ];
  return `${lines.join('\n')}\n`;
}

/** How many second places are told: a base that is built in many overlays has as many. */
const MOST_SECOND = 5;

/** How many places of a cause are told beside the first. */
const MOST_FURTHER = 2;

/** `  a.yaml:1:3: made here`, a line each, and how many more there are. */
function placeLines(places: NonNullable<Finding['related']>, most: number, noun: string): string[] {
  const texts = places.map(({ at, note }) =>
    at === undefined ? note : `${placeText(at)}: ${note}`,
  );
  return someOf(texts, most).map((text, index) =>
    index === most && texts.length > most + 1 ? `  and ${text}${noun}` : `  ${oneLine(text)}`,
  );
}

/** The line and a caret below it; without a line of its own, the object and its field. */
function excerpt(finding: Finding, textOf: TextOf, colors: Colors): readonly string[] {
  const { at } = finding;
  if (at === undefined) return [];
  const file = textOf(at.file);
  if (file === undefined)
    return finding.object === undefined ? [] : [`  in ${oneLine(objectAndField(finding))}`];
  const { text = '', column = 1 } = excerptOf(finding, file) ?? {};
  if (/^[\s…]*$/.test(text)) return [];
  const number = String(at.line);
  const gutter = ' '.repeat(number.length);
  const caret = `${' '.repeat(column - 1)}${colors[finding.severity]('^')}`;
  return [`  ${colors.faint(`${number} |`)} ${text}`, `  ${colors.faint(`${gutter} |`)} ${caret}`];
}

/** `Deployment shop/web spec.replicas`: the object and the field of a finding, as far as it has them. */
export function fieldText({ object, field }: Finding): string {
  const parts = [object === undefined ? '' : objectText(object), field];
  return parts.filter(text => text !== '').join(' ');
}

function objectAndField(finding: Finding): string {
  return fieldText(finding) || 'the manifests';
}

/** What is wrong with the input of a command that makes something else than findings. */
export const findingFormats: Formats<FindingList> = {
  text: {
    render: ({ findings, textOf }, { hasColors }) => {
      const colors = colorsFor(hasColors());
      return findings
        .map(finding => findingBlock({ finding, others: [] }, textOf, colors))
        .join('\n');
    },
  },
  json: { render: ({ findings }) => jsonText({ findings: findings.map(flatFinding) }) },
};

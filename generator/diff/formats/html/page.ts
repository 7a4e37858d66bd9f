import { page } from '#review/page';
import type { ObjectName } from '../../../core/finding.ts';
import { groupBy } from '../../../core/json.ts';
import type { Line } from '../../../report/document.ts';
import type { Arrow, Box, BoxLine, Chart, FlowReader, FlowSecret } from '../../../report/flow.ts';
import { boxKey, chartOf, type Mark } from '../../../report/flow.ts';
import { arrowHead, escaped, renderChart } from '../../../report/svg.ts';
import { capital, nameText, oneLine, shownLines } from '../../../report/text.ts';
import type { NewFinding, Review, ReviewedRisk, SecretEffect } from '../../review.ts';
import {
  fateOf,
  objectText,
  placeOf,
  placesIn,
  refreshChange,
  sentence,
  shownObject,
} from '../../review.ts';
import { documentOf, MEANING } from '../document.ts';
import { type Entry, NOT_SEEN, nearObject, riskGroups } from '../entries.ts';
import { lineDiff } from '../line-diff.ts';
import type { ChangeEntry, FilterTags, RisksOf } from './changes.ts';
import {
  areWholesale,
  changeEntries,
  coded,
  filterChoices,
  levelOf,
  levelsOf,
  risksByObject,
  withKeptViews,
} from './changes.ts';

/** A review as one page of HTML that needs no network or script. The templates (`templates/`) escape all values. */
export function renderReviewHtml(review: Review): string {
  return page.render(pageOf(review), value => escaped(shownLines(String(value))));
}

function pageOf(whole: Review) {
  const document = documentOf(whole);
  const { review, tone, headline, size, below, first, worst, environments } = document;
  const risksOf = risksByObject(review);
  const { changes, kept } = withKeptViews(changeEntries(review, risksOf));
  const risks = riskEntries(review, changes);
  const findings = review.findings.map(findingEntry);
  const secrets = secretEntries(review, risksOf);
  const tagged = [...risks, ...findings, ...secrets, ...changes];
  const choices = filterChoices(tagged);
  const values = [choices.environments, choices.kinds, choices.levels];
  const [codedRisks, codedFindings] = [risks.map(coded(values)), findings.map(coded(values))];
  return {
    title: `${headline}: ${oneLine(review.base)} → ${oneLine(review.head)}`,
    base: oneLine(review.base),
    head: oneLine(review.head),
    tone,
    headline: capital(headline),
    size: capital(size),
    below: oneLine(below),
    first: first.map(shownEntry),
    worst: worst.map(shownEntry),
    environments: shownLine(environments),
    sections: document.sections.map(({ id, title, count, entries }) => {
      const template = TEMPLATES[id] ?? 'list';
      return {
        ...{ id, title, count, template, meaning: MEANING[id] ?? '' },
        // The other templates show the objects themselves, with more of them.
        entries: template === 'list' ? entries.map(shownEntry) : [],
        risks: codedRisks.filter(risk => risk.section === id),
        findings: codedFindings.filter(finding => finding.section === id),
      };
    }),
    choices,
    hasFilters: tagged.length > 1,
    values: JSON.stringify(values),
    arrowHeads: ['good', 'bad', 'added', 'removed', 'changed'].map(arrowHead).join(''),
    figures: flowFigures(review).map(coded(values)),
    secrets: secrets.map(coded(values)),
    changes: changes.map(coded(values)),
    kept,
    wholesale: review.environments
      .filter(({ presence }) => presence.startsWith('only'))
      .map(({ name }) => oneLine(name)),
  };
}

const TEMPLATES: Readonly<Record<string, string>> = {
  block: 'risks',
  high: 'risks',
  warn: 'risks',
  acknowledged: 'risks',
  errors: 'findings',
  warnings: 'findings',
  secrets: 'flow',
  changes: 'changes',
};

function shownLine(line: Line) {
  return line.map(passage => {
    const isName = typeof passage !== 'string';
    return { text: oneLine(isName ? passage.name : passage), isName };
  });
}

function shownEntry({ label, lines, details }: Entry) {
  const shownLabel = label === NOT_SEEN ? '' : label;
  return { label: shownLabel, line: shownLine(lines.flat()), details: details.map(shownLine) };
}

function riskEntries({ risks }: Review, changes: readonly ChangeEntry[]) {
  const links = changes.flatMap(change => change.risks.map(risk => ({ risk: risk.id, change })));
  const byRisk = groupBy(links, ({ risk }) => risk);
  const ids = new Map(risks.map((risk, index) => [risk, `risk-${index + 1}`]));
  const caseOf = (risk: ReviewedRisk) => {
    const { object, outcome = '', field, related } = risk;
    const id = ids.get(risk) ?? '';
    return {
      id,
      object: shownObject(risk),
      environments: placesIn(risk),
      outcome: capital(oneLine(outcome)),
      related: related.map(({ object: relatedObject, note }) => {
        return {
          object: objectText(nearObject(relatedObject, risk, object.namespace)),
          note: oneLine(note),
        };
      }),
      field: oneLine(field),
      place: placeOf(risk),
      changes: (byRisk.get(id) ?? []).map(({ change }) => change.id),
    };
  };
  return riskGroups(risks).map(({ risks: all, message, hint }) => {
    const [{ level, rule, acknowledged }] = all;
    return {
      section: acknowledged === undefined ? level : 'acknowledged',
      level,
      rule,
      message: capital(sentence(oneLine(message))),
      hint: capital(sentence(oneLine(hint))),
      cases: all.map(caseOf),
      reason: acknowledged === undefined ? '' : oneLine(acknowledged.reason) || '—',
      tags: {
        environments: all.flatMap(({ environments }) => environments),
        kinds: all.map(({ object }) => object.kind),
        levels: [levelOf(all[0])],
      },
    };
  });
}

function findingEntry(finding: NewFinding) {
  const { severity, rule, message, hint, object, environments } = finding;
  return {
    section: severity === 'error' ? 'errors' : 'warnings',
    severity,
    rule,
    message: capital(sentence(oneLine(message))),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
    place: placeOf(finding),
    object: object === undefined ? '' : objectText(object),
    environments: placesIn(finding),
    tags: {
      environments,
      kinds: object === undefined ? [] : [object.kind],
      levels: [`new ${severity}` as const],
    },
  };
}

const PICKUPS: Readonly<Record<FlowReader['pickup'], string>> = {
  reloader: 'Reloader restarts it',
  files: 'its files change',
  'next run': 'reads it in its next run',
  'reload label': 'CNPG reloads it',
  'at use': 'reads it at every use',
  never: 'keeps the old values until it is restarted',
};

function secretEntries(review: Review, risksOf: RisksOf): { readonly tags: FilterTags }[] {
  const sorted = [...review.secrets].sort((a, b) => rankOf(a) - rankOf(b));
  return sorted.flatMap(effect => {
    const secret = effect.head ?? effect.base;
    const isWholesale = areWholesale(review, effect.environments);
    return secret === undefined ? [] : [{ ...secretEntry(effect, secret, risksOf), isWholesale }];
  });
}

function secretEntry(effect: SecretEffect, secret: FlowSecret, risksOf: RisksOf) {
  const { name, readers } = secret;
  const makers = [...(effect.base?.makers ?? []), ...(effect.head?.makers ?? [])];
  const { text, tone } = fateOf(effect);
  const environments = [...new Set(effect.environments)];
  const objects = [{ kind: 'Secret', name }, ...makers];
  const risks = environments.flatMap(name => objects.flatMap(object => risksOf(object, name)));
  return {
    name: oneLine(effect.namespaces === undefined ? nameText(secret) : name),
    environments: placesIn(effect),
    effect: text,
    tone,
    addedKeys: effect.base === undefined ? [] : effect.addedKeys,
    removedKeys: effect.removedKeys.filter(
      key => effect.head !== undefined && !effect.head.missingKeys.includes(key),
    ),
    missingKeys: effect.head?.missingKeys ?? [],
    refresh: oneLine(refreshChange(effect) ?? ''),
    makers: markedMakers(effect),
    readers: readers.map(({ how, pickup, ...reader }) => {
      const text = objectText(nearObject(reader, effect, secret.namespace));
      return { name: text, how: how.join(', '), pickup: PICKUPS[pickup] };
    }),
    tags: {
      environments,
      kinds: ['Secret', ...[...makers, ...readers].map(({ kind }) => kind)],
      levels: levelsOf(risks),
    },
  };
}

function markedMakers({ base, head }: SecretEffect) {
  // The makers of a Secret that comes or goes are not marked.
  const [before, after] = [(base ?? head)?.makers ?? [], (head ?? base)?.makers ?? []];
  return marked(before, after, objectText).map(maker => ({
    name: maker.name,
    mark: maker.mark,
    from: marked(maker.was?.sources, maker.is?.sources, objectText).map(source => {
      const { name, mark, was, is } = source;
      const isSame = maker.mark === 'same' && mark === 'same';
      const keys = marked(was?.remoteKeys, is?.remoteKeys, oneLine);
      const shown = keys.map(key => ({ name: key.name, mark: isSame ? key.mark : mark }));
      return { name, mark, keys: shown };
    }),
  }));
}

function marked<T>(base: readonly T[] = [], head: readonly T[] = [], nameOf: (entry: T) => string) {
  const before = new Map(base.map(entry => [nameOf(entry), entry]));
  const after = new Map(head.map(entry => [nameOf(entry), entry]));
  const gone = [...before.keys()].filter(name => !after.has(name));
  return [...gone, ...after.keys()].map(name => {
    const [was, is] = [before.get(name), after.get(name)];
    const mark = !after.has(name) ? 'removed' : before.has(name) ? 'same' : 'added';
    return { name, mark, was, is } as const;
  });
}

const MOST = 30;

function flowFigures(review: Review) {
  const groups = groupBy(review.secrets, entry => JSON.stringify([...new Set(entry.environments)]));
  const markIn = marksOf(review);
  const figures = [...groups.values()].map(effects => {
    const environments = [...new Set(effects[0].environments)];
    const worst = [...effects].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, MOST);
    const chart = markedChart(worst, object => markIn(environments[0] ?? '', object));
    const { text, width, height } = renderChart(chart);
    return {
      environments: environments.map(oneLine),
      image: shownLines(text),
      width: Math.ceil(width) + 2,
      height: Math.ceil(height) + 2,
      drawn: worst.length,
      total: effects.length,
      // The Secrets of environments that come or go as a whole are no news.
      isOpen: !areWholesale(review, environments),
      tags: { environments },
    };
  });
  return figures.sort((a, b) => Number(b.isOpen) - Number(a.isOpen));
}

function rankOf({ base, head, isSourceChanged }: SecretEffect): number {
  if (head?.state === 'missing' || (head?.missingKeys.length ?? 0) > 0) return 0;
  if (head === undefined) return 1;
  if (isSourceChanged) return 2;
  return base === undefined ? 3 : 4;
}

function marksOf({ changes }: Review) {
  const keyOf = (environment: string, object: ObjectName) => `${environment} ${boxKey(object)}`;
  const markByBox = new Map(
    changes.flatMap(({ what, objects }) =>
      objects.flatMap(({ pair, ...object }): [string, Mark][] => {
        const { environment, movedFrom = environment } = object;
        if (what !== 'replaced') return [[keyOf(environment, object), what]];
        const old: [string, Mark][] = pair ? [[keyOf(movedFrom, pair), 'removed']] : [];
        return [[keyOf(environment, object), 'added'], ...old];
      }),
    ),
  );
  return (environment: string, object: ObjectName) => markByBox.get(keyOf(environment, object));
}

function markedChart(
  effects: readonly SecretEffect[],
  markOf: (object: ObjectName) => Mark | undefined,
): Chart {
  const ids = new Map<string, string>();
  const head = drawn(effects, 'head', ids);
  const base = drawn(effects, 'base', ids);
  const bySecret = new Map(effects.map(effect => [ids.get(secretKey(effect)), effect]));
  // The boxes of head come first; of base only those that are gone.
  const boxes = [...new Map([...head.boxes, ...base.boxes, ...head.boxes]).values()].map(box => {
    const effect = bySecret.get(box.id);
    const mark = effect === undefined ? markOf(box) : markOfSecret(effect);
    const merged = mergedLines(base.boxes.get(box.id), head.boxes.get(box.id));
    return { ...box, lines: [...merged, ...keyLines(effect)], ...(mark !== undefined && { mark }) };
  });
  // Secrets whose values may change, and their makers: the arrows at them carry the change.
  const hot = effects
    .filter(({ isSourceChanged }) => isSourceChanged)
    .flatMap(effect => [secretKey(effect), ...(effect.head?.makers ?? []).map(boxKey)]);
  const hotIds = new Set(hot.map(key => ids.get(key) ?? ''));
  return { name: '', boxes, arrows: mergedArrows(base, head, hotIds) };
}

type Drawn = ReturnType<typeof drawn>;

/** Keys that come or go have lines of their own. */
function drawn(effects: readonly SecretEffect[], side: 'base' | 'head', ids: Map<string, string>) {
  const secrets = effects.flatMap(({ base, head, [side]: secret }) => {
    const isKept = (key: string) =>
      [base ?? head, head ?? base].every(of => of?.keys.includes(key));
    return secret === undefined ? [] : [{ ...secret, keys: secret.keys.filter(isKept) }];
  });
  const { boxes, arrows } = chartOf({ name: '', secrets }, { ids });
  return {
    boxes: new Map(boxes.map(box => [box.id, box])),
    arrows: new Map(arrows.map(arrow => [`${arrow.from} ${arrow.to}`, arrow])),
  };
}

function secretKey({ base, head }: SecretEffect): string {
  const secret = head ?? base;
  return secret === undefined ? '' : boxKey({ ...secret, kind: 'Secret' });
}

function keyLines(effect: SecretEffect | undefined): BoxLine[] {
  if (effect?.base === undefined || effect.head === undefined) return [];
  const { missingKeys } = effect.head;
  const gone = effect.removedKeys.filter(key => !missingKeys.includes(key));
  const lineOf = (text: string, mark: Mark): BoxLine => ({ text, isMissing: false, mark });
  return [
    ...effect.addedKeys.map(key => lineOf(`+ ${key}`, 'added')),
    ...gone.map(key => lineOf(`− ${key}`, 'removed')),
  ];
}

function markOfSecret(effect: SecretEffect): Mark | undefined {
  if (effect.base === undefined) return 'added';
  if (effect.head === undefined) return 'removed';
  const { addedKeys, removedKeys, isSourceChanged } = effect;
  return isSourceChanged || addedKeys.length + removedKeys.length > 0 ? 'changed' : undefined;
}

function mergedLines(base: Box | undefined, head: Box | undefined): readonly BoxLine[] {
  if (base === undefined || head === undefined) return (head ?? base)?.lines ?? [];
  const missing = new Set(head.lines.filter(line => line.isMissing).map(({ text }) => text));
  const texts = (box: Box): string[] => box.lines.map(({ text }) => text);
  const lineOf = (text: string, sign: string, mark: Mark): BoxLine =>
    missing.has(text)
      ? { text, isMissing: true }
      : { text: `${sign} ${text}`, isMissing: false, mark };
  return lineDiff(texts(base), texts(head)).flatMap(run => {
    if (run.isSame) return run.lines.map(text => ({ text, isMissing: missing.has(text) }));
    const gone = run.base.map(text => lineOf(text, '−', 'removed'));
    return [...gone, ...run.head.map(text => lineOf(text, '+', 'added'))];
  });
}

function mergedArrows(base: Drawn, head: Drawn, hot: ReadonlySet<string>): Arrow[] {
  const after = [...head.arrows].map(([key, arrow]): Arrow => {
    if (!base.arrows.has(key)) return { ...arrow, mark: 'added' };
    return hot.has(arrow.from) || hot.has(arrow.to) ? { ...arrow, mark: 'changed' } : arrow;
  });
  const gone = [...base.arrows].flatMap(([key, arrow]): Arrow[] =>
    head.arrows.has(key) ? [] : [{ ...arrow, isMissing: false, mark: 'removed' }],
  );
  return [...after, ...gone];
}

import { textAt } from '../../ground/json.ts';
import { textsIn } from '../../ground/json-walk.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Unknown } from '../deployment-ends.ts';
import type { Brought } from '../kind.ts';
import { isAppTemplate } from './app-template/app.ts';
import { appObjects, isHuge } from './app-template/app-template.ts';
import { valuesObject } from './chart-values.ts';
import { filledRelease, type Release } from './release.ts';
import { writtenObjects } from './written-objects.ts';

/** What is known of a release: the objects of app-template, or what the values of a chart name. */
export function releaseObjects(release: Release): Brought[] {
  const filled = filledRelease(release);
  return isKnown(filled) ? appObjects(filled) : [valuesObject(filled), ...writtenObjects(filled)];
}

/** What a release may make besides: nothing where all of the values is known, and what they mean. */
export function releaseUnknowns(release: Release): Unknown[] {
  const { name, called = name, chart = called, namespace, isPartly } = release;
  if (isKnown(release) && !isPartly) return [];
  const where = namespace === '' || isUnresolved(namespace) ? {} : { namespace };
  return [{ ...where, what: `the Helm chart "${chart}"`, mayMake: namesOf(release) }];
}

/**
 * What a chart makes is named after its release or the chart, or by a value
 * (docs/facts/helm.md#names): its name has theirs in it, or begins with a word of theirs, or is a
 * text of the values. What an operator's chart names after what it operates on, the operator makes.
 */
function namesOf(release: Release): (name: string) => boolean {
  const { name: own, called = '', chart = '', values } = release;
  const overrides = ['nameOverride', 'fullnameOverride'].map(field => textAt(values, field) ?? '');
  const names = [own, called, chart, ...overrides].filter(
    text => text !== '' && !isUnresolved(text),
  );
  const whole = names.filter(text => text.length >= SHORTEST);
  const words = new Set(
    names.flatMap(name => (/-(operator|controller)$/.test(name) ? [] : name.split('-'))),
  );
  const begins = (name: string): boolean => words.has(name.split('-')[0] ?? '');
  let texts: ReadonlySet<string> | undefined;
  return name => {
    texts ??= new Set(textsIn(values, []).map(({ text }) => text));
    return whole.some(word => name.includes(word)) || begins(name) || texts.has(name);
  };
}

/** Shorter names stand in any other. */
const SHORTEST = 4;

function isKnown(release: Release): boolean {
  return isAppTemplate(release) && !isHuge(release.values);
}

import { isUnresolved } from '../../ground/unresolved.ts';
import type { Unknown } from '../deployment-ends.ts';
import type { Brought } from '../kind.ts';
import { isAppTemplate } from './app-template/app.ts';
import { isHuge } from './app-template/app-size.ts';
import { appObjects } from './app-template/app-template.ts';
import { valuesObject } from './chart-values.ts';
import { filledIn, type Release } from './release.ts';
import { writtenObjects } from './written-objects.ts';

/** What is known of a release: the objects of app-template, or what the values of a chart name. */
export function releaseObjects(release: Release): Brought[] {
  const filled = filledIn(release);
  return isKnown(filled) ? appObjects(filled) : [valuesObject(filled), ...writtenObjects(filled)];
}

/** What a release may make besides: nothing where all of the values is known, and what they mean. */
export function releaseUnknowns(release: Release): Unknown[] {
  const { name, called = name, chart = called, namespace, isPartly } = release;
  if (isKnown(release) && !isPartly) return [];
  const where = namespace === '' || isUnresolved(namespace) ? {} : { namespace };
  return [{ ...where, what: `the Helm chart "${chart}"` }];
}

function isKnown(release: Release): boolean {
  return isAppTemplate(release) && !isHuge(release.values);
}

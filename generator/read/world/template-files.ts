import { join } from 'node:path';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import { readFound } from '../manifest-source.ts';
import type { ObjectSource } from '../sets/parse-source.ts';
import type { Repository } from './repository.ts';
import type { Numbers } from './unit.ts';

/** The endings of files that another program makes manifests of: Go's, Helm's and Jinja's. */
const TEMPLATE = /\.(tpl|tmpl|gotmpl|j2|jinja2?)$/;

/**
 * The template files of a repository that look like manifests: what one names, it may make. They are
 * not read as objects, as nobody knows what is filled in.
 */
export function templateFiles(repository: Repository, number: Numbers): ObjectSource[] {
  const { root, survey, shown, host } = repository;
  return survey.listing.files
    .filter(file => TEMPLATE.test(file))
    .flatMap(file => {
      const name = shown(join(root, file));
      const { text = '' } = readFound(name, host);
      if (!/^\s{0,40}-?\s{0,9}kind:/m.test(text)) return [];
      const unknowns = [unknownOf(name, text)];
      const source = { name, file: name, isBuilt: false, findings: [], places: [], unknowns };
      return [{ ...source, number: number(), items: [], strangers: 0 }];
    });
}

function unknownOf(name: string, text: string): Unknown {
  const words = new Set(text.match(/[a-z0-9][a-z0-9.-]*/g));
  return { what: `the template "${name}"`, isOfNames: true, mayMake: made => words.has(made) };
}

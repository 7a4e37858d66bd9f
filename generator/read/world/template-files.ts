import { join } from 'node:path';
import { readFound } from '../manifest-source.ts';
import { namedIn } from '../named-in.ts';
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
      const unknown = namedIn(`the template "${name}"`, text);
      if (unknown === undefined) return [];
      const unknowns = [unknown];
      const source = { name, file: name, isBuilt: false, findings: [], places: [], unknowns };
      return [{ ...source, number: number(), items: [], strangers: 0 }];
    });
}

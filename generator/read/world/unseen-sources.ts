import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Applied, LostFolder, Unknown } from '../../kinds/deployment-ends.ts';
import { calledOf, type PlacedObject } from '../../kinds/kind.ts';
import { readFound } from '../manifest-source.ts';
import { namedIn, type ObjectSource } from '../sets/parse-source.ts';
import { folderOf } from '../survey.ts';
import { isRoot } from './deployers.ts';
import type { Repository } from './repository.ts';
import type { Numbers } from './unit.ts';

/** What a deployment object applies, and is not here. */
export function absentFolder(
  object: PlacedObject,
  applied: Applied,
  repository: Repository,
  number: number,
): ObjectSource {
  const { path, at } = applied;
  const where = whyAbsent(applied);
  const what = `the ${calledOf(object)} "${object.name}" (${where})`;
  const near = nearFolder(path, repository);
  const lost: LostFolder | undefined = near === undefined ? undefined : { path, at, near };
  return {
    ...nothing(`${object.kind} ${object.name}`, { what, isFolder: true }, applied, number),
    ...(lost !== undefined && { lost: { ...lost, object } }),
  };
}

function whyAbsent({ path, url = '', open = [] }: Applied): string {
  if (isUnresolved(path + url) && open.length > 0)
    return `it is not known what its generators give: ${open.join(', ')}`;
  return isRoot(path) ? 'its source is another repository' : `its folder "${path}" is not here`;
}

/** A chart of the repository, of which only its values are looked at. */
export function unmadeChart(
  name: string,
  applied: Pick<Applied, 'namespace'>,
  number: number,
): ObjectSource {
  return nothing(name, { what: `the Helm chart "${name}"` }, applied, number);
}

function nothing(
  name: string,
  what: Unknown,
  { namespace }: Pick<Applied, 'namespace'>,
  number: number,
): ObjectSource {
  const isKnown = namespace !== undefined && !isUnresolved(namespace);
  const unknown: Unknown = { ...what, ...(isKnown && { namespace }) };
  const source = { name, file: '', isBuilt: false, findings: [], unknowns: [unknown], places: [] };
  return { ...source, number, objects: [], strangers: 0 };
}

/** A folder that is there and differs in one name, by a letter or two. */
function nearFolder(path: string, { survey }: Repository): string | undefined {
  const steps = path.split('/').filter(step => step !== '' && step !== '.');
  const folders = new Set(survey.listing.files.map(folderOf));
  return [...folders].find(folder => {
    const own = folder.split('/');
    const others = own.filter((step, index) => step !== steps[index]);
    if (own.length !== steps.length || others.length !== 1) return false;
    const [other = ''] = others;
    const step = steps[own.indexOf(other)] ?? '';
    return step.length > 3 && distance(step, other) < 3;
  });
}

/** The endings of files that another program makes manifests of: Go's, Helm's and Jinja's. */
const TEMPLATE = /\.(tpl|tmpl|gotmpl|j2|jinja2?)$/;

/**
 * The template files of a repository that look like manifests: what one names, it may make. They are
 * not read as objects, as nobody knows what is filled in.
 */
export function templateSources(repository: Repository, number: Numbers): ObjectSource[] {
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
      return [{ ...source, number: number(), objects: [], strangers: 0 }];
    });
}

import { distance } from 'fastest-levenshtein';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Applied, LostFolder, Unknown } from '../../kinds/deployment-ends.ts';
import { calledOf, type Item } from '../../kinds/kind.ts';
import type { ObjectSource } from '../sets/parse-source.ts';
import { folderOf } from '../survey.ts';
import { isRoot } from './deployers.ts';
import type { Repository } from './repository.ts';

/** What a deployment object applies, and is not here. */
export function absentFolder(
  item: Item,
  applied: Applied,
  repository: Repository,
  number: number,
): ObjectSource {
  const { path, at } = applied;
  const where = whyAbsent(applied);
  const what = `the ${calledOf(item)} "${item.name}" (${where})`;
  const near = nearFolder(path, repository);
  const lost: LostFolder | undefined = near === undefined ? undefined : { path, at, near };
  return {
    ...nothing(`${item.kind} ${item.name}`, { what, isFolder: true }, applied, number),
    ...(lost !== undefined && { lost: { ...lost, item } }),
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
  return { ...source, number, items: [], strangers: 0 };
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

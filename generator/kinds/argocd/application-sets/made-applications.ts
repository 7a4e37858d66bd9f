import type { Path } from '../../../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../../ground/json.ts';
import { mergedMaps } from '../../../ground/merged-maps.ts';
import { oncePer } from '../../../ground/once-per.ts';
import { valueAt } from '../../../ground/value-path.ts';
import { type Item, specOf } from '../../kind.ts';
import { filledIn, type Notation, type Parameters } from './fill-in.ts';
import { type Generating, MOST_SETS, parameterSets } from './parameter-sets.ts';
import { patched } from './template-patch.ts';

/** An Application that an ApplicationSet makes. */
export interface MadeApplication {
  /** As an object of its own: it has a spec, and the files that its set names. */
  readonly item: Item;
  /** Where in the ApplicationSet a field of it is written. */
  readonly placeOf: (path: Path) => Path;
  /** The generators that would say what is left open in it. */
  readonly open: readonly string[];
  /** A patch changes its sources or its destination in a way that is not known. */
  readonly isPatchedUnseen: boolean;
}

/** What an ApplicationSet makes. */
export interface MadeApplications {
  readonly applications: readonly MadeApplication[];
  /** There are more of them than are looked at. */
  readonly isCutOff: boolean;
}

/**
 * The Applications that an ApplicationSet makes, as far as its manifest and its repository say
 * (docs/facts/argocd.md#generators). What they do not say is left in the texts as it is written.
 */
export const madeApplications: (set: Item) => MadeApplications = oncePer(set => {
  const spec = specOf(set);
  const notation: Notation = spec['goTemplate'] === true ? 'go' : 'old';
  const hasNestedSelectors = spec['applyNestedSelectors'] === true;
  const generating: Generating = { notation, tree: set.tree, hasNestedSelectors };
  const all = listAt(spec, 'generators').flatMap((generator, index) => {
    if (!isMap(generator)) return [];
    const own = ownTemplate(generator, index);
    const { sets, open } = parameterSets(generator, generating);
    return sets.map(parameters => madeOf(set, own, { parameters, open, notation }));
  });
  return { applications: all.slice(0, MOST_SETS), isCutOff: all.length >= MOST_SETS };
});

/** A template of a generator, which goes over that of the ApplicationSet. */
interface OwnTemplate {
  readonly template: JsonObject;
  readonly at: Path;
}

function ownTemplate(generator: JsonObject, index: number): OwnTemplate {
  const [kind = ''] = Object.keys(generator).filter(field => field !== 'selector');
  return {
    template: mapAt(generator, kind, 'template'),
    at: ['spec', 'generators', index, kind, 'template'],
  };
}

interface Filling {
  readonly parameters: Parameters;
  readonly open: readonly string[];
  readonly notation: Notation;
}

function madeOf(set: Item, own: OwnTemplate, filling: Filling): MadeApplication {
  const { parameters, open, notation } = filling;
  const template = mergedMaps(mapAt(specOf(set), 'template'), withoutEmpty(own.template));
  const filled = filledIn(template, parameters, notation);
  const { value, isUnseen } = patched(isMap(filled) ? filled : {}, set, parameters);
  const name = textAt(value, 'metadata', 'name') ?? set.name;
  return {
    item: { ...set, object: { ...set.object, spec: mapAt(value, 'spec') }, name },
    placeOf: path =>
      isIn(own.template, path) ? [...own.at, ...path] : ['spec', 'template', ...path],
    open: parameters.isOpen ? open : [],
    isPatchedUnseen: isUnseen,
  };
}

/** An empty field of a generator's template says nothing (mergo.Merge). */
function withoutEmpty(template: JsonObject): JsonObject {
  const said = Object.entries(template).filter(([, value]) => value !== '' && value !== null);
  return Object.fromEntries(
    said.map(([name, value]) => [name, isMap(value) ? withoutEmpty(value) : value]),
  );
}

/** Whether a field is said by a template, or an end of the way to it. */
function isIn(template: JsonObject, path: Path): boolean {
  const steps = path.findIndex((_, index) => !isMap(valueAt(template, path.slice(0, index + 1))));
  return valueAt(template, steps < 0 ? path : path.slice(0, steps + 1)) !== undefined;
}

import type { Path } from '../../../ground/finding.ts';
import {
  isMap,
  type JsonObject,
  listAt,
  mapAt,
  mergedMaps,
  textAt,
  valueAt,
} from '../../../ground/json.ts';
import { oncePer } from '../../../ground/once-per.ts';
import { type PlacedObject, specOf } from '../../kind.ts';
import { argoApplication, USUAL_FINALIZER } from '../application.ts';
import { type Generating, MOST_SETS, parameterSets } from './parameter-sets.ts';
import { filledIn, type Notation, type Parameters } from './parameters.ts';
import { patched } from './template-patch.ts';

/** An Application that an ApplicationSet makes. */
export interface MadeApplication {
  /** As the object that it becomes; a part of it that is not known stands there as it is written. */
  readonly object: PlacedObject;
  /** Where in the ApplicationSet a field of it is written. */
  readonly placeOf: (path: Path) => Path;
  /** The generators that would say what is left open in it. */
  readonly open: readonly string[];
  /** The generator that it comes of. */
  readonly generatorAt: Path;
  /** It stands for those of a generator that chooses nothing of this repository. */
  readonly isOfNothing: boolean;
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
export const madeApplications: (set: PlacedObject) => MadeApplications = oncePer(set => {
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

/** The Application of a set that is called so; any other deployment object is it itself. */
export function deployerNamed(deployer: PlacedObject, name: string | undefined): PlacedObject {
  if (name === undefined) return deployer;
  const { applications } = madeApplications(deployer);
  return applications.find(({ object }) => object.name === name)?.object ?? deployer;
}

/** A template of a generator, which goes over that of the ApplicationSet. */
interface OwnTemplate {
  readonly template: JsonObject;
  readonly generatorAt: Path;
}

function ownTemplate(generator: JsonObject, index: number): OwnTemplate {
  const [kind = ''] = Object.keys(generator).filter(field => field !== 'selector');
  return {
    template: mapAt(generator, kind, 'template'),
    generatorAt: ['spec', 'generators', index, kind],
  };
}

interface Filling {
  readonly parameters: Parameters;
  readonly open: readonly string[];
  readonly notation: Notation;
}

function madeOf(set: PlacedObject, own: OwnTemplate, filling: Filling): MadeApplication {
  const { parameters, open, notation } = filling;
  const { generatorAt } = own;
  const template = mergedMaps(mapAt(specOf(set), 'template'), withoutEmpty(own.template));
  const filled = filledIn(template, parameters, notation);
  const whole = withFinalizer(isMap(filled) ? filled : {}, set);
  const { value, isUnseen } = patched(whole, set, parameters);
  const placeOf = (path: Path): Path =>
    isIn(own.template, path)
      ? [...generatorAt, 'template', ...path]
      : ['spec', 'template', ...path];
  return {
    object: applicationOf(set, value, placeOf),
    placeOf,
    open: parameters.isOpen ? open : [],
    generatorAt,
    isOfNothing: parameters.isOfNothing === true,
    isPatchedUnseen: isUnseen,
  };
}

/** The Application, which is in the namespace of its set, with the files that this names. */
function applicationOf(
  set: PlacedObject,
  value: JsonObject,
  placeOf: MadeApplication['placeOf'],
): PlacedObject {
  const { kind } = argoApplication;
  const name = textAt(value, 'metadata', 'name') ?? set.name;
  const metadata = { ...mapAt(value, 'metadata'), name, namespace: set.namespace };
  const object = { ...set.json, kind, metadata, spec: mapAt(value, 'spec') };
  const written = { by: set, placeOf: (path: Path) => ({ object: set, path: placeOf(path) }) };
  return { ...set, json: object, kind, known: argoApplication, name, written };
}

/** An Application gets the usual finalizer where none is asked for, unless what it manages is to stay. */
function withFinalizer(value: JsonObject, set: PlacedObject): JsonObject {
  const isPreserving = mapAt(specOf(set), 'syncPolicy')['preserveResourcesOnDeletion'] === true;
  if (isPreserving || listAt(value, 'metadata', 'finalizers').length > 0) return value;
  return { ...value, metadata: { ...mapAt(value, 'metadata'), finalizers: [USUAL_FINALIZER] } };
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

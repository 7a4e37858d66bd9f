import type { Fault } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { annotationsOf } from '../core/kube-object.ts';
import { LOCAL_CONFIG } from '../kinds/krm.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { renderText } from '../report/text.ts';
import { exitCodes } from '../shell/command.ts';
import { checkInjection, inject } from '../spec/inject/inject.ts';
import type { Injection } from '../spec/spec.ts';
import type { SourceFile } from '../yaml/places.ts';
import { locateConfig, renderMerge, renderRefusal, withoutConfig } from './function-config.ts';
import { isGeneratorCall, type ResourceList } from './list-places.ts';
import { foundInConfig, foundInItems, isObject, type Merge, ownResults } from './results.ts';

/** The items that change, by their index, and the faults of the injection. */
interface Injected extends Pick<Merge, 'replaced'> {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Runs as a transformer of kustomize: injects into the items. `source`: the functionConfig's file, if known. */
export function injectList(
  text: string,
  list: ResourceList,
  source: SourceFile | undefined,
  host: Host,
): number {
  const { functionConfig } = list;
  const checked = checkInjection(functionConfig);
  const { replaced, faults, warnings }: Injected =
    checked.value === undefined
      ? { ...nothing, faults: checked.faults }
      : injectItems(list, checked.value);
  const ofConfig = locateConfig([...faults, ...warnings], functionConfig, source);
  const ofItems = foundInItems(list.items);
  const found = [...foundInConfig(ofConfig, functionConfig), ...ofItems];
  host.stderr(renderText(found.map(({ finding }) => finding)));
  if (faults.some(({ id }) => id === 'secret-value')) {
    host.stdout(renderRefusal(ofConfig));
    return exitCodes.findings;
  }
  const results = found.map(({ result }) => result);
  const hasFailed = faults.length > 0 || ofItems.length > 0;
  const shown = hasFailed ? withoutConfig({ text, list }) : { text, list };
  const merge = { added: [], replaced: hasFailed ? nothing.replaced : replaced };
  host.stdout(renderMerge(shown.text, shown.list, merge, ownResults(functionConfig, results)));
  return hasFailed ? exitCodes.findings : exitCodes.ok;
}

const nothing: Injected = { replaced: new Map(), faults: [], warnings: [] };

function injectItems(list: ResourceList, injection: Injection): Injected {
  if (isGeneratorCall(list)) return { ...nothing, faults: [noItems] };
  const objects = list.items.flatMap((item, index) =>
    isObject(item) && annotationsOf(item)[LOCAL_CONFIG] !== 'true'
      ? [placedObject(item, 0, [index], '')]
      : [],
  );
  const { changed, faults, missed, warnings } = inject(injection, objects);
  const replaced = [...changed].map(([{ path }, object]) => [Number(path[0]), object] as const);
  return { faults: [...missed, ...faults], warnings, replaced: new Map(replaced) };
}

const noItems: Fault = {
  id: 'nothing-to-inject-into',
  message: 'there are no objects to inject into',
  hint: 'Under `generators:` kustomize gives it none: list it under `transformers:`.',
  path: [],
};

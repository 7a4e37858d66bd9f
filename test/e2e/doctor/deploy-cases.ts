import type { KubeObject } from '../../../generator/core/kube-object.ts';
import { apply } from '../cluster.ts';
import { allowTargets } from '../control-plane/eso.ts';
import { madeByHand } from '../deploy.ts';
import { put } from '../moto.ts';
import { brokenCases } from './broken-cases.ts';
import { placeIn, Stack } from './stack.ts';

export function namespaceOf(name: string): string {
  return `doctor-${name}`;
}

/** What Git says of the stack of a case. */
export function manifestsOf(name: string): readonly KubeObject[] {
  const stack = new Stack(namespaceOf(name));
  brokenCases[name]?.wrong?.(stack);
  return stack.objects;
}

/** Applies the stack of a case. */
export async function deployCase(name: string): Promise<void> {
  const namespace = namespaceOf(name);
  const stack = new Stack(namespace);
  brokenCases[name]?.wrong?.(stack);
  brokenCases[name]?.drifted?.(stack);
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await apply(allowTargets(namespace));
  await Promise.all([
    ...Object.entries(stack.parameters).map(([key, value]) => put(placeIn(namespace, key), value)),
    ...stack.byHand.map(made => madeByHand({ namespace, ...made })),
  ]);
  await Promise.all(stack.objects.map(object => apply(object)));
}

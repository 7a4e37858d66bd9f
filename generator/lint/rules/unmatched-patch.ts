import type { IdlePatch } from '../../kinds/facets.ts';
import { error, type FaultText, type Rule } from '../rule.ts';

export const unmatchedPatch: Rule = error('unmatched-patch', function* ({ outside }) {
  const { idle = [] } = outside;
  for (const { object, at, target, mistake } of idle) {
    const text = textOf(target, mistake);
    if (mistake !== undefined) yield { object, path: [...at, mistake.part], ...text };
    // A target without a name may be for whatever is there.
    else if (/^[\w.-]+$/.test(target.name ?? ''))
      yield { object, path: at, severity: 'warning', ...text };
  }
});

function textOf(target: IdlePatch['target'], mistake: IdlePatch['mistake']): FaultText {
  const subject = [target.kind ?? 'objects', target.name && `"${target.name}"`].join(' ').trimEnd();
  const message = `the patch for ${subject} is laid over nothing`;
  if (mistake === undefined)
    return {
      message: `${message}: no resource of the kustomization matches its target`,
      hint: 'kustomize says nothing of it. Add the resource, correct the target, or delete the patch.',
    };
  const { part, value, kind, name } = mistake;
  const has = value === '' ? `no ${part}` : `${part} "${value}"`;
  const meant =
    part === 'name' ? `${kind} "${name}" is there` : `${kind} "${name}" has ${has} there`;
  const correct = value === '' ? `Delete ${part}` : `Write ${part}: ${value}`;
  return {
    message: `${message}: its target has ${part} "${target[part]}", and ${meant}`,
    hint: `kustomize says nothing of it. ${correct}, or delete the patch.`,
  };
}

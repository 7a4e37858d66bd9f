import type { Host } from '../../../generator/core/host.ts';

/** Who is at the terminal: what they were asked, and what they answer in turn; undefined: nobody is. */
export function somebody(answers: readonly string[] | undefined): {
  readonly asked: readonly string[];
  readonly ask: Host['ask'];
} {
  const asked: string[] = [];
  const left = [...(answers ?? [])];
  const ask: Host['ask'] = (question, isHidden) => {
    asked.push(`${isHidden ? 'hidden' : 'shown'} ${question}`);
    return answers === undefined ? undefined : left.shift();
  };
  return { asked, ask };
}

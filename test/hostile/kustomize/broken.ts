import { yamlIn } from '../../machine.ts';

/** The forms in which the secret must not come out. */
export const PLANTED: readonly string[] = [
  'hunter2',
  Buffer.from('hunter2-Secret').toString('base64'),
];

/** A kustomization that does not build, and the first line that lint says of it. */
export interface Broken {
  readonly files: Readonly<Record<string, string>>;
  readonly says: string;
}

/** The ways in which a build fails, each with a secret where kustomize could print it. */
export const BROKEN: Readonly<Record<string, Broken>> = yamlIn(import.meta.dirname, 'broken.yaml');

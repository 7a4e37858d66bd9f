import { loadScript, provide } from './load-script.ts';
import { packageFile } from './package-files.ts';
import { tunedByLength } from './tune.ts';

/** The door to this folder, in which all stands that exists for speed alone. */
export const start: {
  readonly loadScript: typeof loadScript;
  readonly packageFile: typeof packageFile;
  readonly tunedByLength: typeof tunedByLength;
} = { loadScript, packageFile, tunedByLength };

provide('#start', { start });

import { join } from 'node:path';
import { loadScript } from './load-script.ts';

/** The bundle beside this file; the build fills the name in. */
declare const BUNDLE: string;

loadScript(join(import.meta.dirname, 'bundle', BUNDLE));

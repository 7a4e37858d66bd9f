import { runFunction } from './krm/function.ts';
import { runMain } from './shell/run-main.ts';

runMain('rem-secrets-fn', runFunction);

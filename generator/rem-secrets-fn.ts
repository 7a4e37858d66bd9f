import { runFunction } from './krm/function.ts';
import { runProgram } from './shell/run-main.ts';

runProgram('rem-secrets-fn', runFunction);

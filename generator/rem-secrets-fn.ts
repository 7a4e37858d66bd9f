import { runFunction } from './krm/function.ts';
import { runProgram } from './shell/program.ts';

runProgram('rem-secrets-fn', runFunction);

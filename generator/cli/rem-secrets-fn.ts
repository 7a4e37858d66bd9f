import { runFunction } from './krm/function.ts';
import { runProgram } from './program.ts';

runProgram('rem-secrets-fn', runFunction);

import { runFunction } from './function.ts';
import { runProgram } from './program.ts';

runProgram('rem-secrets-fn', runFunction);

import { runFunction } from './function.ts';
import { runProgram } from './program.ts';

process.exitCode = runProgram('rem-secrets-fn', runFunction);

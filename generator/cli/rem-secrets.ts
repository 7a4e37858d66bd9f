import { main } from './main.ts';
import { runProgram } from './program.ts';

process.exitCode = runProgram('rem-secrets', host => main(process.argv.slice(2), host));

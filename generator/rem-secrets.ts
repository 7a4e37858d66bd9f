import { main } from './main.ts';
import { runProgram } from './shell/run-main.ts';

runProgram('rem-secrets', host => main(process.argv.slice(2), host));

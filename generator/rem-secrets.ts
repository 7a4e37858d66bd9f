import { main } from './main.ts';
import { runMain } from './shell/run-main.ts';

runMain('rem-secrets', host => main(process.argv.slice(2), host));

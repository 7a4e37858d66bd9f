import { readFileSync } from 'node:fs';
import { type Plan, switchOver } from './switch-over.ts';

/* Renames files in a process of its own, which goes on if the run is killed. If the run has ended before, it does nothing. */
const [file = '', run] = process.argv.slice(2);
const plan: Plan = JSON.parse(readFileSync(file, 'utf8'));
if (process.ppid === Number(run)) switchOver(plan);
else process.exitCode = 1;

import { readFileSync } from 'node:fs';
import { type Plan, switchOver } from './switch-over.ts';

/* Switches a tree over in a process of its own, which outlives a killed run. Begins only while that is there. */
const [file = '', run] = process.argv.slice(2);
const plan: Plan = JSON.parse(readFileSync(file, 'utf8'));
if (process.ppid === Number(run)) switchOver(plan);
else process.exitCode = 1;

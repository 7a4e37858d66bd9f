import { killRuns } from './kills.ts';
import { runTogether } from './together.ts';

/*
 * `npm run soak` kills `expand` 200 times and starts it 50 times twice at once, and 20 times three
 * times. It fails where the next run is not whole. SOAK_SEED=… kills at other moments.
 */
const seed = Number(process.env['SOAK_SEED'] ?? 1);
const kills = await killRuns(200, seed);
const pairs = await runTogether(2, 50);
const triples = await runTogether(3, 20);

const { old, moving, mixed, late } = kills.trees;
console.log(
  `200 kills: ${old} old trees, ${kills.trees.new} new, ${moving} new a moment later, ${mixed} mixed; ${kills.remains} left something that the next run took away; ${late} more came too late`,
);
console.log(`50 pairs: ${pairs.whole} whole, ${pairs.refused} runs gave way`);
console.log(`20 triples: ${triples.whole} whole, ${triples.refused} runs gave way`);

const faults = [...kills.faults, ...pairs.faults, ...triples.faults];
for (const fault of faults) console.error(`soak: ${fault}`);
if (mixed > 0) console.error(`soak: seed ${seed}: ${mixed} trees were mixed`);
if (faults.length > 0 || mixed > 0) process.exitCode = 1;

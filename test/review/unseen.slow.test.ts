import { test } from 'vitest';
import { casesIn, expectOfCommits } from './cases.ts';

test.for(casesIn('unseen.yaml'))('%s', ([, one]) => expectOfCommits(one));

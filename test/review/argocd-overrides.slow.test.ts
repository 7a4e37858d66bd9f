import { test } from 'vitest';
import { casesIn, expectOfCommits } from './cases.ts';

test.for(casesIn('argocd-overrides.yaml'))('%s', ([, one]) => expectOfCommits(one));

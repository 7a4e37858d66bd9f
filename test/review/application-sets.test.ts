import { test } from 'vitest';
import { casesIn, expectOfFolders } from './cases.ts';

test.for(casesIn('application-sets.yaml'))('%s', ([, one]) => expectOfFolders(one));

import { test } from 'vitest';
import { casesIn, expectOfFolders } from './cases.ts';

test.for(casesIn('applied-together.yaml'))('%s', ([, one]) => expectOfFolders(one));

import { describe, test } from 'vitest';
import { casesIn, expectOfFiles, expectOfFolders } from './cases.ts';

const OF_FILES = ['aws-calls', 'containers', 'deletion', 'effects', 'old-faults', 'releases'];
const OF_FOLDERS = ['application-sets', 'applied-together', 'environments', 'lint-config'];

describe.for(OF_FILES)('%s', file => {
  test.for(casesIn(`${file}.yaml`))('%s', ([, one]) => expectOfFiles(one));
});

describe.for(OF_FOLDERS)('%s', file => {
  test.for(casesIn(`${file}.yaml`))('%s', ([, one]) => expectOfFolders(one));
});

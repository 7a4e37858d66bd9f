import { describe, test } from 'vitest';
import { casesIn, expectOfCase } from './shop.ts';

const FILES = [
  ...['acceptance', 'bootstraps', 'config', 'documents', 'folders'],
  ...['kustomization-places', 'kustomizations', 'versions'],
];

describe.for(FILES)('%s', file => {
  test.for(casesIn(`${file}.yaml`))('%s', ([, one]) => expectOfCase(one));
});

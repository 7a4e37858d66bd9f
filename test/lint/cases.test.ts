import { describe, test } from 'vitest';
import { casesIn, expectOfCase } from './shop.ts';

describe.for(['acceptance', 'config', 'documents'])('%s', file => {
  test.for(casesIn(`${file}.yaml`))('%s', ([, one]) => expectOfCase(one));
});

import { expect, test } from 'vitest';
import { references } from '../../generator/kinds/pods.ts';

test.for([
  ['$(A)', ['A']],
  ['x$(A)-$(B_2)', ['A', 'B_2']],
  ['$$(A)', []],
  ['$$$(A)', ['A']],
  ['$A $(not closed', []],
] as const)('references in %s', ([text, names]) => expect(references(text)).toEqual(names));

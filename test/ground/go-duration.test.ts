import { describe, expect, test } from 'vitest';
import { goDuration } from '../../generator/core/units.ts';

describe('a Go duration as Kubernetes stores it (time.Duration.String)', () => {
  test.for([
    ['5m', '5m0s'],
    ['1h', '1h0m0s'],
    ['90m', '1h30m0s'],
    ['1h0m0s', '1h0m0s'],
    ['36h', '36h0m0s'],
    ['30s', '30s'],
    ['90s', '1m30s'],
    ['1.5h', '1h30m0s'],
    ['1500ms', '1.5s'],
    ['10ms', '10ms'],
    ['0', '0s'],
    ['0s', '0s'],
    ['1d', '1d'],
  ])('%s → %s', ([text = '', stored]) => expect(goDuration(text)).toBe(stored));
});

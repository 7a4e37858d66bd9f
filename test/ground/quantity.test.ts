import { describe, expect, test } from 'vitest';
import { canonicalQuantity, quantityValue } from '../../generator/core/units.ts';

describe('a quantity as Kubernetes stores it (resource.Quantity.String)', () => {
  test.for([
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000k', '1M'],
    ['0', '0'],
    ['250m', '250m'],
    ['2', '2'],
    ['512Mi', '512Mi'],
    ['1024', '1024'],
    ['many', 'many'],
  ])('%s → %s', ([text = '', stored]) => expect(canonicalQuantity(text)).toBe(stored));
});

describe('a quantity as a number (resource.ParseQuantity)', () => {
  test.for<[string, number | undefined]>([
    ['1Ti', 1024 ** 4],
    ['1000Gi', 1000 * 1024 ** 3],
    ['1.5Gi', 1536 * 1024 ** 2],
    ['100G', 1e11],
    ['1E', 1e18],
    ['1e9', 1e9],
    ['12E6', 12e6],
    ['500m', 0.5],
    ['.5Ki', 512],
    ['1073741824', 1024 ** 3],
    ['10 Gi', undefined],
    ['10GB', undefined],
    ['-1Gi', undefined],
    ['', undefined],
  ])('%s → %s', ([text, value]) => expect(quantityValue(text)).toBe(value));
});

import { basename } from 'node:path';
import type { Path, Place } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { scalarText } from '../../ground/scalar-text.ts';
import { valueAt } from '../../ground/value-path.ts';
import type { Item } from '../../kinds/kind.ts';
import { isNamedFile } from '../inside.ts';
import { isKustomization } from '../kustomization-files.ts';
import { textOf } from '../text-of.ts';

/**
 * Places in templates of charts, which are no YAML: where the field's value stands word by word, or
 * its name, if that is on one line alone; else where an object of the kind begins. In a kustomization that
 * has charts made they are those of the charts.
 */
export function templatePlaces(host: Host): (file: string, item: Item, path: Path) => Place {
  const linesOf = oncePerText((file: string): readonly string[] =>
    isNamedFile(file, host) ? textOf(file, host).split(/\r?\n/) : [],
  );
  return (file, item, path) => {
    const lines = linesOf(file);
    const value = valueAt(item.object, path);
    const isScalar = typeof value === 'string' || typeof value === 'number';
    const name = path.findLast(step => typeof step === 'string') ?? '';
    const words = isKustomization(basename(file))
      ? ['helmCharts:']
      : [`${name}:`, `kind: ${item.kind}`];
    const [place] = [...(isScalar ? [scalarText(value)] : []), ...words].flatMap(word =>
      placeOfWord(word, lines),
    );
    return { file, ...(place ?? { line: 1, column: 1 }) };
  };
}

function placeOfWord(word: string, lines: readonly string[]): Omit<Place, 'file'>[] {
  if (word.length < 2) return [];
  const found = lines.flatMap((line, index) => {
    const column = line.indexOf(word);
    return column < 0 ? [] : [{ line: index + 1, column: column + 1 }];
  });
  return found.length === 1 ? found : [];
}

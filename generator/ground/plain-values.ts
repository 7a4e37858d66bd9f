import type { Fault, Path } from './finding.ts';
import { Timestamp } from './yaml/yaml-text.ts';

/**
 * Reports values that are no JSON, wherever they stand: a date without quotes, which kustomize
 * would rewrite as a timestamp, and a key that JavaScript takes for something else.
 */
export function plainValueFaults(document: unknown): Fault[] {
  const faults: Fault[] = [];
  const path: (string | number)[] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Timestamp) faults.push(date([...path]));
    else if (typeof value === 'object' && value !== null) visitChildren(value);
  };
  const visitChildren = (parent: object): void => {
    const isList = Array.isArray(parent);
    for (const [key, child] of Object.entries(parent)) {
      path.push(isList ? Number(key) : key);
      if (key === '__proto__') faults.push(reserved([...path]));
      visit(child);
      path.pop();
    }
  };
  visit(document);
  return faults;
}

function date(path: Path): Fault {
  return {
    id: 'wrong-type',
    message: `"${path.findLast(step => typeof step === 'string')}" is a date to YAML, and dates have no place here`,
    hint: 'Put it in quotes: without them kustomize rewrites it as a timestamp.',
    path,
  };
}

function reserved(path: Path): Fault {
  const hint = 'Choose another name.';
  return {
    id: 'illegal-name',
    message: '"__proto__" is not a legal name here',
    hint,
    path,
    isAboutName: true,
  };
}

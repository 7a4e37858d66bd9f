import { isMap, type Json, type JsonObject } from '../ground/json.ts';
import { renderScalar } from '../make/objects/render-yaml.ts';

/** What is said beside the values of a spec, by their paths as JSON. */
export interface Remarks {
  /** Lines above a value's name. */
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** Behind it, on its line. */
  readonly behind: ReadonlyMap<string, string>;
}

/** In characters: what fits on a line stands on one. */
const WIDTH = 100;

/** The collections of a spec have an entry a line at least. */
const BLOCKS = /^(spec|stores|databases|secrets|workloads|resources|environments)$/;

/** A spec as people write it: small values on one line, with remarks. */
export function specText(document: JsonObject, remarks: Remarks): string {
  return new Writer(remarks).map(document, [], '').replace(/^\n/, '');
}

/** Writes values line by line. */
class Writer {
  private readonly remarks: Remarks;

  constructor(remarks: Remarks) {
    this.remarks = remarks;
  }

  map(value: JsonObject, path: readonly string[], indent: string): string {
    return Object.entries(value)
      .map(([name, child]) => this.entry(name, child, [...path, name], indent))
      .join('');
  }

  private entry(name: string, value: Json, path: readonly string[], indent: string): string {
    const key = JSON.stringify(path);
    const above = (this.remarks.before.get(key) ?? []).map(line => `\n${indent}${line}`.trimEnd());
    const behind = this.remarks.behind.get(key);
    const remark = behind === undefined ? '' : ` # ${behind}`;
    const start = `${indent}${flow(name) ?? ''}:`;
    return `${above.join('')}\n${start}${this.value(value, path, indent, start.length, remark)}`;
  }

  private value(
    value: Json,
    path: readonly string[],
    indent: string,
    used: number,
    remark: string,
  ): string {
    const line = this.isBlock(value, path) ? undefined : flow(value);
    if (line !== undefined && (used + line.length < WIDTH || !isCollection(value)))
      return ` ${line}${remark}`;
    if (isMap(value)) return `${remark}${this.map(value, path, `${indent}  `)}`;
    if (Array.isArray(value)) return `${remark}${this.list(value, path, indent)}`;
    return ` ${renderScalar(value, `${indent}  `)}`;
  }

  /** Items of a list have no names, and no remarks. */
  private list(items: readonly Json[], path: readonly string[], indent: string): string {
    return items
      .map(item => {
        const line = flow(item);
        if (line !== undefined && (indent.length + line.length + 4 < WIDTH || !isCollection(item)))
          return `\n${indent}  - ${line}`;
        if (isMap(item)) {
          const text = this.map(item, [...path, ''], `${indent}    `);
          return `\n${indent}  - ${text.slice(`\n${indent}    `.length)}`;
        }
        if (Array.isArray(item)) return `\n${indent}  -${this.list(item, path, `${indent}  `)}`;
        return `\n${indent}  - ${renderScalar(item, `${indent}    `)}`;
      })
      .join('');
  }

  /** Whether a value has lines of its own: as a collection of the spec, or as remarks stand in it. */
  private isBlock(value: Json, path: readonly string[]): boolean {
    const [first, second, third, fourth] = path;
    const isEnvironment = second === 'environments' && third !== undefined;
    const collection = isEnvironment ? fourth : second;
    const isCollection = path.length === (isEnvironment ? 4 : 2) && BLOCKS.test(collection ?? '');
    const isWhole = first === 'spec' && path.length === 1;
    const isChange = isEnvironment && path.length === 3 && isMap(value) && hasEntries(value);
    return isWhole || isCollection || isChange || this.hasRemarks(path);
  }

  private hasRemarks(path: readonly string[]): boolean {
    const start = JSON.stringify(path).slice(0, -1);
    const isBelow = (key: string): boolean => key.startsWith(`${start},`);
    return [...this.remarks.before.keys(), ...this.remarks.behind.keys()].some(isBelow);
  }
}

function hasEntries(value: JsonObject): boolean {
  return Object.keys(value).length > 0;
}

function isCollection(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** A value on one line; undefined: it has texts of several. */
function flow(value: Json): string | undefined {
  if (Array.isArray(value)) return joined(value.map(flow), '[', ']');
  if (!isMap(value)) return flowScalar(value);
  const entries = Object.entries(value).map(([name, child]) => [flow(name), flow(child)]);
  const pairs = entries.map(pair => joined(pair, '', '', ': '));
  return pairs.length === 0 ? '{}' : joined(pairs, '{ ', ' }');
}

function joined(
  parts: readonly (string | undefined)[],
  start: string,
  end: string,
  between = ', ',
): string | undefined {
  return parts.includes(undefined) ? undefined : `${start}${parts.join(between)}${end}`;
}

/** Plain text may hold what ends a value on one line. */
function flowScalar(value: Json): string | undefined {
  if (typeof value === 'string' && value.includes('\n')) return undefined;
  const text = renderScalar(value, '');
  const isPlain = typeof value === 'string' && text === value;
  return isPlain && /[,[\]{}]/.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

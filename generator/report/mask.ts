import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { Path } from '../core/finding.ts';
import { isMap, type Json, type JsonObject, valueAt } from '../core/json.ts';
import { LAST_APPLIED } from '../core/kube-object.ts';
import { HIDDEN, isHarmless, maskNamed, maskTemplate, maskText } from '../core/mask.ts';
import { oncePerText } from '../core/once.ts';
import { isSecretName, isVariant, mayHoldSecretName } from '../core/secret-name.ts';
import { type Hide, optionBefore } from '../core/secret-text.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { isTemplatePlace } from '../kinds/eso/group.ts';
import type { Content, Kind } from '../kinds/kind.ts';
import { kinds, kindsNamed } from '../kinds/kinds.ts';
import { readEvents } from '../yaml/parse.ts';

/**
 * A value of an object as it may be shown: the one at a path, or the whole object. Compare values before
 * they are hidden, never after, so that a changed secret stays visible as a change. A template keeps
 * what it reads and loses its literal text, which may hold a password. Whether a value is a secret is
 * decided by the names around it, so the whole object is needed.
 */
export function shownAt(object: JsonObject, path: Path = [], hide: Hide = () => HIDDEN): Json {
  let value: Json = object;
  let parent: Json = null;
  let spot = rootSpot(object['kind']);
  for (const step of path) {
    parent = value;
    value = (valueAt(value, [step]) ?? null) as Json;
    spot = below(spot, parent, step, value);
  }
  return shown(value, spot, hide, parent);
}

function shown(value: Json, spot: Spot, hide: Hide, parent: Json): Json {
  if (Array.isArray(value))
    return value.map((item, index) => shown(item, below(spot, value, index, item), hide, value));
  if (!isMap(value)) return shownScalar(value as Scalar, spot, hide, parent);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      shown(child, below(spot, value, key, child), hide, value),
    ]),
  );
}

type Scalar = string | number | boolean | null;

function shownScalar(value: Scalar, spot: Spot, hide: Hide, parent: Json): Scalar {
  if (isSecretField(spot)) return hide(String(value));
  if (typeof value === 'string') return shownText(value, spot, hide, parent);
  return typeof value === 'number' && spot.isSecret ? hide(String(value)) : value;
}

function shownText(text: string, spot: Spot, hide: Hide, parent: Json): string {
  if (isTemplatePlace(spot.path)) return maskTemplate(text, hide);
  if (spot.isSecret) return maskSecret(text, spot.name, hide);
  const [field, index] = [spot.path.at(-2), spot.path.at(-1)];
  if (Array.isArray(parent) && COMMANDS.has(field))
    return maskArgument(parent, Number(index), hide);
  const shownPart = (part: string): string => maskText(part, 'file', hide);
  const isDocument = text.includes('\n') || /^\s{0,9}[{[]/.test(text);
  const hiddenAt = (document: Json, path: Path): string | undefined =>
    hiddenIn(document, path, spot, hide);
  const masked = isDocument ? maskDocument(text, { hiddenAt, shownPart }) : undefined;
  return masked ?? shownPart(text);
}

function maskSecret(text: string, name: string, hide: Hide): string {
  const masked = (value: string): string => maskText(value, 'file', hide);
  return maskNamed(text, name, hide, masked) ?? (isHarmless(text) ? text : hide(text));
}

/** What is shown for a scalar of a document inside of a text; undefined: it is no secret. */
function hiddenIn(document: Json, path: Path, outer: Spot, hide: Hide): string | undefined {
  let spot: Spot = below({ ...outer, path: [] }, null, 0, document);
  let value = document;
  for (const step of path) {
    const parent = value;
    value = (valueAt(value, [step]) ?? null) as Json;
    spot = below(spot, parent, step, value);
  }
  const text = String(value);
  if (isSecretField(spot) || isTemplatePlace(spot.path)) return hide(text);
  const shown = spot.isSecret ? maskSecret(text, spot.name, hide) : text;
  return shown === text ? undefined : shown;
}

/** Lists whose items are the words of a command. */
const COMMANDS: ReadonlySet<string | number | undefined> = new Set(
  'args command cmd entrypoint arguments extraArgs'.split(' '),
);

/**
 * A word of a command as it may be shown. Options of one letter mean something only behind the
 * program that knows them, so it is read behind the list's first word and the word before it.
 */
function maskArgument(list: readonly Json[], index: number, hide: Hide): string {
  const word = String(list[index]);
  const program = index > 0 ? words(list[0], /^[^-\s]\S{0,99}$/) : '';
  const around = program + (index > 0 ? words(list[index - 1], /^--?[\w-]{1,99}$/) : '');
  const shown = maskText(around + word, 'command', hide);
  return shown.startsWith(around) ? shown.slice(around.length) : maskText(word, 'command', hide);
}

/** A word and a space, where the word has the form; else nothing. */
function words(word: Json | undefined, form: RegExp): string {
  return typeof word === 'string' && form.test(word) ? `${word} ` : '';
}

/** A longer text is no settings file, and is masked line by line. */
const LONGEST = 200_000;

/** A scalar of a YAML text, and where it stands there, without its quotes. */
interface Leaf {
  readonly path: Path;
  readonly start: number;
  readonly end: number;
}

/** How the parts of a document may be shown. */
interface Parts {
  /** What stands in place of a whole scalar; undefined: its own text, in which not all may show. */
  readonly hiddenAt: (document: Json, path: Path) => string | undefined;
  /** A scalar as it is written, or what stands between two: names, signs and comments. */
  readonly shownPart: (text: string) => string;
}

/**
 * A YAML or JSON text as it may be shown, such as the settings of a chart or the JSON of an annotation.
 * As in an object the names decide what is a secret; all else stays as it is written. undefined: the
 * text is no such document.
 */
function maskDocument(text: string, { hiddenAt, shownPart }: Parts): string | undefined {
  const isLikely = /^\s{0,99}[{[]|[:-][ \t\n]/.test(text) && mayHoldSecretName(text);
  if (!isLikely || text.length > LONGEST) return undefined;
  const documents = documentsOf(text, readEvents(text).value ?? []);
  let [shown, from] = ['', 0];
  for (const { document, leaves } of documents) {
    for (const { path, start, end } of leaves) {
      const value = text.slice(start, end);
      const first = start + value.length - value.trimStart().length;
      const last = Math.max(first, end - (value.length - value.trimEnd().length));
      shown += shownPart(text.slice(from, first));
      shown += hiddenAt(document, path) ?? shownPart(text.slice(first, last));
      from = last;
    }
  }
  return documents.length === 0 ? undefined : shown + shownPart(text.slice(from));
}

interface Document {
  readonly document: Json;
  readonly leaves: readonly Leaf[];
}

function documentsOf(text: string, events: readonly Event[]): Document[] {
  const reader = new LeafReader(text, events);
  const documents: Document[] = [];
  for (let document = reader.next(); document !== undefined; document = reader.next())
    documents.push(document);
  return documents;
}

/** Reads the parser's flat events. Scalars stay texts, and an alias is nothing: its anchor shows. */
class LeafReader {
  private at = 0;
  private leaves: Leaf[] = [];
  private readonly path: (string | number)[] = [];
  private readonly text: string;
  private readonly events: readonly Event[];

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
  }

  next(): Document | undefined {
    while (this.at < this.events.length) {
      if (this.events[this.at++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.leaves = [];
      const document = this.value();
      if (document !== undefined && typeof document !== 'string')
        return { document, leaves: this.leaves };
    }
    return undefined;
  }

  /** undefined: what is around it ends here. */
  private value(): Json | undefined {
    const event = this.events[this.at++];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    if (event.type === EVENT_ID.SEQUENCE) return this.items();
    if (event.type === EVENT_ID.MAPPING) return this.fields();
    if (event.type !== EVENT_ID.SCALAR) return null;
    if (event.valueStart >= 0)
      this.leaves.push({ path: [...this.path], start: event.valueStart, end: event.valueEnd });
    return event.valueStart < 0 ? '' : getScalarValue(this.text, event);
  }

  private items(): Json {
    const items: Json[] = [];
    for (;;) {
      this.path.push(items.length);
      const item = this.value();
      this.path.pop();
      if (item === undefined) return items;
      items.push(item);
    }
  }

  private fields(): Json {
    const fields: Record<string, Json> = Object.create(null);
    for (;;) {
      const count = this.leaves.length;
      const key = this.value();
      if (key === undefined) return fields as JsonObject;
      this.leaves.length = count;
      const name = typeof key === 'string' ? key : '';
      this.path.push(name);
      const value = this.value();
      this.path.pop();
      fields[name] = value ?? null;
    }
  }
}

/** A place in an object, and what the names of its path say of the value there. */
interface Spot extends ValuePlace {
  /** What names the value: its key, the name beside a `value`, the option before an argument. */
  readonly name: string;
  readonly isSecret: boolean;
  /** It only names something. */
  readonly isReference: boolean;
  /** It is in a user's own settings, where a field named `secret` holds one. */
  readonly isFree: boolean;
  /** It is in a list or map whose values are secrets. */
  readonly isHeld: boolean;
}

/** The root of an object. */
function rootSpot(kind: Json | undefined): Spot {
  return {
    kinds: kindsNamed(String(kind)),
    path: [],
    name: '',
    isSecret: false,
    isReference: false,
    isFree: false,
    isHeld: false,
  };
}

/** One step further down. An object inside of an object has a root of its own. */
function below(spot: Spot, parent: Json, step: string | number, child: Json): Spot {
  if (isManifest(child)) return rootSpot(child['kind']);
  const place = { ...spot, path: [...spot.path, step] };
  return typeof step === 'number'
    ? itemSpot(place, parent, step, child)
    : fieldSpot(place, parent as JsonObject, step, child);
}

function isManifest(value: Json): value is JsonObject {
  if (!isMap(value) || typeof value['kind'] !== 'string') return false;
  return typeof value['apiVersion'] === 'string' || value['kind'] === coreSecret.kind;
}

/** An item is what its list is, or the argument of the option before it. */
function itemSpot(spot: Spot, list: Json, index: number, item: Json): Spot {
  if (!Array.isArray(list) || typeof item !== 'string') return spot;
  if (/auth$/i.test(spot.name)) return { ...spot, isSecret: false }; // Names of ways to sign in.
  const option = optionBefore(list, index);
  if (option === undefined || /^--[a-z]/i.test(item)) return spot;
  const isSecret = isSecretName(option) && !/^--?(no|without|skip|ask)-/.test(option);
  return { ...spot, name: option, isSecret: spot.isSecret || isSecret };
}

function fieldSpot(spot: Spot, parent: JsonObject, field: string, child: Json): Spot {
  const named = namedBeside(parent, field);
  const name = named ?? field;
  const { kinds, path } = spot;
  const content = contentAt(spot);
  const isReference =
    spot.isReference || (named === undefined && namesObject(field, child, spot, content));
  const isFree = spot.isFree || FREE.has(field) || content === 'settings';
  if (isReference)
    return { kinds, path, name, isReference, isFree, isSecret: false, isHeld: false };
  const isHeld = isMap(child) && holdsSecrets(field, isFree);
  const isOfHolder = spot.isHeld && !isBeside(field) && !(isMap(child) && !isHeld);
  const isOfParent = spot.isSecret && isVariant(field);
  const isSecret = isOfHolder || isOfParent || isSecretName(name);
  return {
    kinds,
    path,
    name,
    isReference,
    isFree,
    isSecret,
    isHeld: isHeld || (spot.isHeld && isMap(child)),
  };
}

function namesObject(
  field: string,
  child: Json,
  spot: Spot,
  content: Content | undefined,
): boolean {
  if (spot.path.at(-2) === 'annotations' && isReferenceAnnotation(field)) return true;
  return content === 'name' || isReference(field, spot.isFree && !Array.isArray(child));
}

/** Fields that hold what the field beside them names: `{ name: DB_PASSWORD, value: … }`. */
const VALUES = new Set('value values val default defaultValue content text stringValue'.split(' '));
const NAMES = 'name key header option property param parameter variable field path'.split(' ');

function namedBeside(parent: JsonObject, field: string): string | undefined {
  if (!VALUES.has(field)) return undefined;
  const names = NAMES.flatMap(name => {
    const beside = Object.hasOwn(parent, name) ? parent[name] : undefined;
    return typeof beside === 'string' ? [beside] : [];
  });
  return names.find(isSecretName) ?? names[0];
}

/** The kinds that the object may be of, and the path of the value from its root. */
interface ValuePlace {
  readonly kinds: readonly Kind[];
  readonly path: Path;
}

/** What the kinds say of a place: several may have the same name. */
function contentAt({ kinds, path }: ValuePlace): Content | undefined {
  for (const { fields } of kinds) {
    const content = fields?.contentAt?.(path);
    if (content !== undefined) return content;
  }
  return undefined;
}

const SECRET_FIELDS: ReadonlySet<string | number> = new Set(
  kinds.flatMap(({ fields }) => fields?.secretNames ?? []),
);

/** Fields that hold secrets by their meaning, whatever they look like. */
function isSecretField(place: ValuePlace): boolean {
  const { path } = place;
  return (
    path.at(-1) === LAST_APPLIED ||
    path.some(step => SECRET_FIELDS.has(step)) ||
    contentAt(place) === 'secret'
  );
}

/** What is below only names things. */
const REFERENCES =
  /(Ref|Refs|Selector|Selectors)$|^(valueFrom|envFrom|valuesFrom|imagePullSecrets|serviceAccountToken|secretObjects|secretKeys)$/;

/** The name of a Secret, or of a key in one. */
const SECRET_NAMES =
  /^(existing[A-Z]\w{0,60}|\w{0,60}[sS]ecretName|\w{0,60}[sS]ecretRef|secretStore)$/;

/** `ownerSecret`, `serverTLSSecret`: a Secret that is named after what it is for. */
const OF_SECRET =
  /^(secrets?|(config|vars|env|owner|superuser|tls|ca|cert|certificate|pull|password|credentials?|keystore|truststore|backup|external|target|source|bootstrap|login|image\w{0,20}|\w{1,30}(TLS|CA|Tls|Config|Vars|Credentials?|Pull|Cert))Secrets?)$/;

/**
 * Whether a field names something, and all that is below it. `isFree`: it is among a user's own
 * settings, in which a field named `secret` holds one.
 */
function isReference(field: string, isFree: boolean): boolean {
  return namesOthers(field) || (namesSecret(field) && !(isFree && /^secrets?$/.test(field)));
}

const namesOthers = oncePerText(
  (field: string) => REFERENCES.test(field) || SECRET_NAMES.test(field),
);
const namesSecret = oncePerText((field: string) => OF_SECRET.test(field));

/** Annotations that name a Secret, or a place in Vault: `nginx.ingress.kubernetes.io/auth-secret`. */
function isReferenceAnnotation(name: string): boolean {
  return (
    /secrets?$|secret-name(space)?$/i.test(name) ||
    /^vault\.\w{1,30}\.com\/agent-inject-/.test(name)
  );
}

/** Fields with a user's own settings below them: of charts, variables, texts. */
const FREE = new Set(['valuesObject', 'values', 'env', 'parameters', 'substitute', 'config']);

/** Maps whose values are secrets, by names of their own: `passwords: { alice: … }`. */
function holdsSecrets(field: string, isFree: boolean): boolean {
  return (
    /(passwords|passwds|tokens|credentials|creds|api_?keys|pins)$/i.test(field) ||
    (isFree &&
      /^((app|env|extra|global|chart|user|server)_?)?secrets?(data|env|values)?$/i.test(field))
  );
}

/** Fields of such a map that hold no secret. */
const BESIDE = new Set(
  (
    'name namespace kind type user username login email host hostname port url uri endpoint region role ' +
    'enabled enable create path key property field source provider method audience scope labels annotations id database'
  ).split(' '),
);

function isBeside(field: string): boolean {
  return BESIDE.has(field) || /(Key|Ref|Name|Secret|File|Path)$/.test(field);
}

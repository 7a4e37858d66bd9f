import type { Path } from '../core/finding.ts';
import { isMap, type Json, type JsonObject, textAt, valueAt, words } from '../core/json.ts';
import { LAST_APPLIED } from '../core/kube-object.ts';
import { oncePerText } from '../core/once.ts';
import {
  HIDDEN,
  hiddenText,
  isPlainWord,
  isSecretName,
  maskMessage,
  shownName,
  shownParts,
  shownPhrase,
} from '../core/shown.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { isTemplatePlace } from '../kinds/eso/group.ts';
import type { Content, Kind } from '../kinds/kind.ts';
import { kinds, kindsNamed } from '../kinds/kinds.ts';

/** Whether a repository allows the texts of a field to be shown, by its path without indexes. */
export type IsAllowed = (kind: string, path: readonly string[]) => boolean;

/** What else may be shown, beside what the list of this file has. */
export interface Showing {
  /** Whether a text is the name, the host or the key of something in the repository. */
  readonly isKnown?: (text: string) => boolean;
  readonly isAllowed?: IsAllowed;
  /** What stands in place of a text or of a secret that is not shown. */
  readonly hide?: (text: string, isSecret: boolean) => string;
}

/** A value of an object as it may be shown, by the names around it: so the whole object is needed. Compare values before. */
export function shownAt(object: Json, path: Path = [], more: Showing = {}): Json {
  const hide = (text: string, isSecret: boolean) => (isSecret ? HIDDEN : hiddenText(text));
  const showing = { isKnown: () => false, hide, ...more };
  let value = object;
  let spot = rootSpot(object);
  for (const step of path) {
    const parent = value;
    value = (valueAt(value, [step]) ?? null) as Json;
    spot = below(spot, parent, step, value);
  }
  return shown(value, spot, showing);
}

type WholeShowing = Required<Pick<Showing, 'isKnown' | 'hide'>> & Showing;

function shown(value: Json, spot: Spot, showing: WholeShowing): Json {
  if (Array.isArray(value))
    return value.map((item, index) => shown(item, below(spot, value, index, item), showing));
  if (isMap(value)) {
    const children = Object.entries(value).map(([key, child]) => [
      shownKey(key),
      shown(child, below(spot, value, key, child), showing),
    ]);
    return Object.fromEntries(children);
  }
  if (typeof value === 'string') return shownText(value, spot, showing);
  const isHidden = spot.zone === 'secret' || (spot.isSecret && typeof value === 'number');
  return isHidden ? showing.hide(String(value), true) : value;
}

/** A name may be an address with a login, or a line of a private key in a file of variables. */
const shownKey: (key: string) => string = oncePerText(maskMessage);

function shownText(text: string, spot: Spot, showing: WholeShowing): string {
  const { isKnown, hide } = showing;
  if (text === '') return text;
  const isTemplate = isTemplatePlace(spot.path);
  const isSecret = isTemplate || spot.zone === 'secret';
  const listed = isSecret ? undefined : listedText(text, spot);
  if (listed !== undefined) return listed;
  if (!isSecret && !spot.isSecret) return plainText(text, spot, showing) ?? hide(text, false);
  const isRead = isTemplate || (spot.zone !== 'secret' && READS.test(text));
  return (isRead ? shownParts(text, isKnown) : undefined) ?? hide(text, true);
}

/** A text that says where a part of it comes from. */
const READS = /\{\{|\$[({]/;

function plainText(text: string, spot: Spot, showing: WholeShowing): string | undefined {
  const { isKnown } = showing;
  const isShown = isPlainWord(text) || isKnown(text.replace(/:\d{1,5}$/, '').toLowerCase());
  if (isShown) return text;
  return namedText(text, spot, showing) ?? wordOfCommand(text, spot) ?? shownParts(text, isKnown);
}

/** The text of a field that is on a list; undefined: it is on none, or the text has another form. */
function namedText(text: string, spot: Spot, showing: Showing): string | undefined {
  const { field, kind, zone, path } = spot;
  if (showing.isAllowed?.(kind, namesOf(path))) return maskMessage(text);
  if (zone === 'texts') return undefined;
  if (zone === 'names' && path.at(-2) === 'annotations') return shownPhrase(text);
  if (zone === 'names' || IMAGES.has(field)) return shownName(text);
  if (zone === 'values') return SETTING.test(field) && LETTERS.test(text) ? text : undefined;
  if (field === 'schedule') return shownPhrase(text);
  return isNamed(spot) ? shownName(text) : undefined;
}

/** Whether a field holds a name or a setting; in kinds that are not known some names of fields may mean anything. */
function isNamed(spot: Spot): boolean {
  const { field } = spot;
  return SETTING.test(field) || (NAMES.has(field) && (isKnownKind(spot) || !OPEN.has(field)));
}

function isKnownKind({ kind, kinds: candidates }: Spot): boolean {
  return candidates.length > 0 || kind.startsWith('RemSecrets');
}

/** Fields that hold names in the kinds that are known, and anything elsewhere. */
const OPEN = wordSet(
  'key property owner host hosts database role object rule prefix source target method cluster store path',
);

const LETTERS = /^[A-Za-z]{1,40}$/;

function listedText(text: string, spot: Spot): string | undefined {
  const path = namesOf(spot.path);
  const isListed = spot.kinds.some(({ fields }) => fields?.shows?.some(field => isAt(path, field)));
  return isListed && !isSecretName(spot.field) ? shownPhrase(text) : undefined;
}

function namesOf(path: Path): string[] {
  return path.filter(step => typeof step === 'string');
}

/** Whether a path of names is that of a field: `spec.bootstrap.*.database`. */
export function isAt(names: readonly string[], field: string): boolean {
  const steps = field.split('.');
  return (
    steps.length === names.length &&
    steps.every((step, index) => step === '*' || step === names[index])
  );
}

/** A word of a command as it may be shown: the program, the name of an option, and its value if that is a plain word. */
function wordOfCommand(text: string, { field, path }: Spot): string | undefined {
  if (!COMMANDS.has(field)) return undefined;
  if (/^-[A-Za-z]$/.test(text) || (field === 'command' && path.at(-1) === 0 && PROGRAM.test(text)))
    return text;
  const [, option, value] = OPTION.exec(text) ?? [];
  if (option === undefined || value === undefined) return option;
  const isShown = !isSecretName(option) && isPlainWord(value);
  return `${option}=${isShown ? value : (shownParts(value, () => false) ?? '…')}`;
}

const COMMANDS = wordSet('args command extraArgs');
const PROGRAM = /^[a-z/][a-z0-9./_-]{0,200}$/;
const OPTION = /^(--[a-z][a-z-]{1,60})(?:=(.{0,99999}))?$/s;

/** What kind of texts a path leads to: `texts` are a user's under names of the user's choice, `values` those of a chart. */
type Zone = 'fields' | 'names' | 'values' | 'texts' | 'secret';

interface Spot {
  readonly kind: string;
  readonly kinds: readonly Kind[];
  /** From the root of the object. */
  readonly path: Path;
  /** The name of the entry, or of the list that has the item. */
  readonly field: string;
  readonly zone: Zone;
  /** A name on the way to it is that of a secret. */
  readonly isSecret: boolean;
}

function rootSpot(object: Json): Spot {
  const kind = isMap(object) && typeof object['kind'] === 'string' ? object['kind'] : '';
  return { kind, kinds: kindsNamed(kind), path: [], field: '', zone: 'fields', isSecret: false };
}

/** One step further down. An object inside of an object has a root of its own. */
function below(spot: Spot, parent: Json, step: string | number, child: Json): Spot {
  if (spot.zone !== 'secret' && isManifest(child)) return rootSpot(child);
  const path = [...spot.path, step];
  if (typeof step === 'number') return { ...spot, path };
  const place = { ...spot, path, field: step };
  const zone = zoneOf(place, child);
  // `env: { A: … }` and the template of a spec: entries of the user's own, each of which may be a map with fields.
  const isText = !isMap(child) && !Array.isArray(child);
  const isEntry = isText && ENTRIES.has(String(spot.path.at(-1))) && !FIELDS_BESIDE.has(step);
  const isNamed = zone === 'names' && !LABELS.has(spot.field);
  const isSecret = !isNamed && isSecretBelow(spot, parent, step);
  return { ...place, zone: isEntry && zone === 'fields' ? 'texts' : zone, isSecret };
}

function isSecretBelow(spot: Spot, parent: Json, field: string): boolean {
  if (spot.kind === 'RemSecrets' && field === 'secrets') return false;
  const isBeside = (HOLDERS.test(spot.field) ? NAMES_OF_SECRETS : NAMES).has(field);
  const isNamed = isSecretName(namedBeside(parent, field) ?? field) && !OF_SECRET.test(field);
  return (spot.isSecret && !isBeside) || isNamed;
}

function zoneOf(place: Spot, child: Json): Zone {
  const content = contentAt(place);
  if (content === 'secret' || SECRETS.has(place.field) || isPasted(place, child)) return 'secret';
  if (place.zone === 'secret' || place.zone === 'names') return place.zone;
  if (content === 'name' || namesSomething(place)) return 'names';
  if (place.zone !== 'fields') return place.zone;
  if (isMap(child) && VALUES_OF_CHARTS.has(place.field)) return 'values';
  return content === 'settings' || holdsTexts(place, child) ? 'texts' : 'fields';
}

/** `secretRef: { token: … }`: the secret itself where the name and key of one belong. */
function isPasted({ field, path }: Spot, child: Json): boolean {
  return typeof child === 'string' && /secretRef$/i.test(`${path.at(-2)}`) && isSecretName(field);
}

function namesSomething(place: Spot): boolean {
  const { field, path, zone } = place;
  if (path.at(-2) === 'annotations') return SHOWN_ANNOTATION.test(field);
  if (zone !== 'texts' && namesOthers(field)) return true;
  return zone === 'fields' && (LABELS.has(field) || isOfKind(place));
}

function holdsTexts({ field }: Spot, child: Json): boolean {
  return TEXTS.has(field) && (isMap(child) || field === 'elements');
}

function isManifest(value: Json): value is JsonObject {
  if (!isMap(value) || typeof value['kind'] !== 'string') return false;
  return typeof value['apiVersion'] === 'string' || value['kind'] === coreSecret.kind;
}

function contentAt({ kinds: candidates, path }: Spot): Content | undefined {
  const contents = candidates.map(({ fields }) => fields?.contentAt?.(path));
  return contents.find(content => content !== undefined);
}

/** Fields that hold secrets by their meaning, whatever they look like. */
const SECRETS: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  ...kinds.flatMap(({ fields }) => fields?.secretNames ?? []),
]);

/** Fields that hold what the field beside them names: `{ name: DB_PASSWORD, value: … }`. */
const VALUES = wordSet('value values val default defaultValue content text stringValue');
const NAMES_BESIDE = words('name key header option property param parameter variable field path');

function namedBeside(parent: Json, field: string): string | undefined {
  if (!VALUES.has(field)) return undefined;
  const names = NAMES_BESIDE.flatMap(name => textAt(parent, name) ?? []);
  return names.find(isSecretName) ?? names[0];
}

/** Maps and lists of secrets, under names of a user's own. */
const HOLDERS = /(passwords|passwds|tokens|credentials|creds|keys|pins|secrets)$/i;
const NAMES_OF_SECRETS = wordSet('name namespace key kind secretName secretKey property');

/** Maps of a user's own texts, at any depth: a `key` in them may hold anything. */
const TEXTS = wordSet(
  'data stringData binaryData config substitute parameters elements headers body annotations',
);

const VALUES_OF_CHARTS = new Set(['values', 'valuesObject']);

/** Maps of a user's own entries, and the fields beside those. */
const ENTRIES = new Set(['env', 'template']);
const FIELDS_BESIDE = new Set(['type', 'engineVersion', 'mergePolicy']);

/** Maps whose texts are names that people give. */
const LABELS = wordSet('labels matchLabels commonLabels podLabels');

/** Fields below which all texts only name things. */
const REFERENCES =
  /(Ref|Refs|Selector|Selectors|SelectorTerms)$|^(valueFrom|envFrom|valuesFrom|selector|matchExpressions|tolerations|taints|imagePullSecrets|serviceAccountToken|secretObjects|secretKeys)$/;

/** The name of a Secret, or of a key in one. */
const SECRET_NAMES =
  /^(existing[A-Z]\w{0,60}|\w{0,60}[sS]ecretName|\w{0,60}[sS]ecretRef|secretStore)$/;

/** `ownerSecret`, `serverTLSSecret`: a Secret that is named after what it is for. */
const OF_SECRET =
  /^((config|vars|env|owner|superuser|tls|ca|cert|certificate|pull|password|credentials?|keystore|truststore|backup|external|target|source|bootstrap|login|image\w{0,20}|\w{1,30}(TLS|CA|Tls|Config|Vars|Credentials?|Pull|Cert))Secrets?)$/;

/** Whether a field names a Secret in the kinds that are known; elsewhere it may hold one. */
function isOfKind(spot: Spot): boolean {
  const { field, kind } = spot;
  if (OF_SECRET.test(field)) return isKnownKind(spot);
  if (kind === 'RemSecrets') return OF_SPEC.test(field);
  return isKnownKind(spot) && /^secrets?$/.test(field);
}

/** Fields of a spec that name a Secret, its keys, a ConfigMap or a path. */
const OF_SPEC = /^(secret|keys|from|manual|external|configMap|health)$/;

const namesOthers: (field: string) => boolean = oncePerText(
  field => REFERENCES.test(field) || SECRET_NAMES.test(field),
);

/** Annotations for programs that deploy, reload or encrypt, and those that name a Secret or a place in Vault. */
const SHOWN_ANNOTATION =
  /^((argocd\.argoproj|kustomize\.toolkit\.fluxcd|helm\.toolkit\.fluxcd|reconcile\.fluxcd|cnpg|config\.kubernetes|external-secrets)\.io\/|([\w-]{1,30}\.)?reloader\.stakater\.com\/|helm\.sh\/|checksum\/|cert-manager\.io\/(cluster-)?issuer$|eks\.amazonaws\.com\/|vault\.\w{1,30}\.com\/agent-inject|force-sync$)|\/auth(-tls)?-secret$|secret-name(space)?$|(^|\/)(checksum|hash)$/i;

/** Fields of images and charts, also in a user's own settings. */
const IMAGES = wordSet(
  'image imageName reference tag digest repository registry version targetRevision chart newTag newName',
);

/** Fields that end so are settings with few values. */
const SETTING =
  /(Policy|Modes?|Strategy|Class|ClassName|Version|Type|Namespaces?|Durability|Reference|Visibility|Sync)$/;

/** Fields that hold names and settings, never secrets. */
const NAMES = wordSet(`
  apiVersion kind name namespace key secretName secretKey property secretStoreRef claimName
  storeRef store serviceAccountName serviceAccount mountPath subPath path paths prefix
  refreshInterval refreshPolicy creationPolicy deletionPolicy mergePolicy engineVersion
  type service region role mergeStrategy conversionStrategy decodingStrategy
  secretRef configMapRef owner database host hosts port targetPort protocol cluster
  serverCASecret serverTLSSecret replicationTLSSecret clientCASecret
  restartPolicy concurrencyPolicy schedule method size
  apiGroup apiGroups resources rule object reason resourceNames verbs remoteNamespace valueFrom
  accessModes topologyKey effect operator medium scope mode level action add drop scheme ensure encoding
  compression encryption ingressClassName storageClass storageClassName finalizers cidr protocols names
  operation op components namePrefix nameSuffix kinds branch semver interval timeout format target provider
  audience audiences dnsNames hostnames failOn severity fromEntities toEntities policyTypes matchName matchPattern
  serverName targetLabel sourceLabels storageLocation identityOwner
`);

function wordSet(text: string): ReadonlySet<string> {
  return new Set(words(text));
}

/** Maps whose entries their user names, with texts in them however deep: a `key` there may hold anything. */
const TEXTS = new Set(
  'data stringData binaryData config annotations labels values valuesObject'.split(' '),
);

/** The same of the entries alone, with those that are fields all the same: of a Secret's template in ESO. */
const ENTRIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['env', []],
  ['template', ['type', 'engineVersion', 'mergePolicy']],
]);

/** What a place in a document is in, as far as it matters for what may be shown of it. */
export interface Surroundings {
  /** It is in a map that has its user's names, and these alone are fields. */
  readonly fields?: readonly string[];
  /** All below it is such a map's too. */
  readonly isText: boolean;
  /** It is in a list: the maps in it have no name. */
  readonly isList: boolean;
}

export const OUTERMOST: Surroundings = { isText: false, isList: false };

/** What the entries of a map are in. */
export function inMap(name: string, { isText, isList }: Surroundings): Surroundings {
  if (isText || (!isList && TEXTS.has(name))) return { fields: [], isText: true, isList: false };
  const fields = isList ? undefined : ENTRIES.get(name);
  return { ...OUTERMOST, ...(fields === undefined ? {} : { fields }) };
}

/** What the items of a list are in. */
export function inList({ isText }: Surroundings): Surroundings {
  return isText ? { fields: [], isText, isList: true } : { ...OUTERMOST, isList: true };
}

/** What the field of a finding is in, or is: `spec.data[0].remoteRef`, `data["app.conf"]`. */
export function surroundingsOf(field: string): Surroundings {
  let [before, around] = [OUTERMOST, OUTERMOST];
  for (const [, quoted, plain, indexes] of field.matchAll(STEP)) {
    before = around;
    around = indexes === '' ? inMap(quoted ?? plain ?? '', around) : inList(around);
  }
  return { ...before, ...around };
}

const STEP = /(?:\["([^"]{1,999})"\]|([^.[\]"]{1,999}))((?:\[\d{1,9}\]){0,99})/g;

/** Fields that hold names and settings, never secrets. */
export const NAMES: ReadonlySet<string> = new Set(
  (
    'apiVersion kind name namespace key secretName secretKey property secretStoreRef claimName ' +
    'storeRef serviceAccountName serviceAccount image mountPath subPath path prefix optional ' +
    'refreshInterval refreshPolicy creationPolicy deletionPolicy mergePolicy engineVersion ' +
    'type service region role version mergeStrategy conversionStrategy decodingStrategy ' +
    'secretRef configMapRef owner database host port containerPort targetPort protocol cluster ' +
    'serverCASecret serverTLSSecret replicationTLSSecret clientCASecret readOnly instances ' +
    'restartPolicy concurrencyPolicy schedule method immutable enableSuperuserAccess size ' +
    'apiGroup apiGroups resources rule object reason resourceNames verbs remoteNamespace valueFrom replicas'
  ).split(' '),
);

import type { Path } from '../../core/finding.ts';
import { isMap, mapAt, valueAt } from '../../core/json.ts';
import { configMap, coreSecret } from '../../kinds/core/secret.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { sealedSecret } from '../../kinds/sealed-secrets.ts';
import { type Changed, changedOf } from '../diff.ts';
import { type SpecChange, specChanges } from '../facts/secrets.ts';
import { fieldPath } from '../field-changes.ts';
import { fieldPlace, nameOf, type Risk, type RiskRule, refusal } from '../risk.ts';

export const secretImmutable: RiskRule = refusal('secret-immutable', function* (diff) {
  for (const change of changedOf(diff, coreSecret, sealedSecret)) yield* secretRisks(change);
  for (const change of changedOf(diff, configMap)) yield* dataRisks(change);
  for (const spec of specChanges(diff)) yield* targetRisks(spec);
});

const SEALED_TYPE: Path = ['spec', 'template', 'type'];

function* secretRisks(change: Changed): Iterable<Risk> {
  const { base, head } = change;
  const isSealed = head.knownKind === sealedSecret;
  const path = isSealed ? SEALED_TYPE : ['type'];
  const [was, is] = [base, head].map(({ json }) => typeOf(valueAt(json, path)));
  if (was !== is)
    yield {
      ...fieldPlace(change, path),
      message: isSealed
        ? `the SealedSecret "${head.name}" unseals to ${is}, and did to ${was}: a Secret's type cannot change, so the old one stays as it is`
        : `the Secret "${head.name}" becomes ${is}, and was ${was}: a type cannot change, the apply is rejected`,
      hint: 'Give the new Secret another name, and its readers too.',
    };
  else if (!isSealed) yield* dataRisks(change);
}

function typeOf(text: unknown): string {
  return typeof text !== 'string' || text === '' ? 'Opaque' : text;
}

/** Data that SOPS encrypts differs after each encryption, so it is not compared. */
function* dataRisks(change: Changed): Iterable<Risk> {
  const { base, head, fields } = change;
  if (base.json['immutable'] !== true || isMap(base.json['sops'])) return;
  const lost = fields.map(fieldPath).filter(([field]) => FROZEN.has(String(field)));
  const [first] = lost;
  if (first === undefined) return;
  const names = [...new Set(lost.map(path => path.slice(0, 2).map(String).at(-1)))].sort();
  yield {
    ...fieldPlace(change, written(change, first)),
    message: `the ${nameOf(head)} is immutable, and ${names.map(name => `"${name}"`).join(', ')} changes: the apply is rejected`,
    hint: `Give the new ${head.kind} another name, and its readers too.`,
  };
}

const FROZEN = new Set(['data', 'binaryData', 'immutable']);

function written({ base, head }: Changed, path: Path): Path {
  const [field, key] = path.map(String);
  const isText = [base, head].some(
    ({ json }) => key !== undefined && Object.hasOwn(mapAt(json, 'stringData'), key),
  );
  return field === 'data' && key !== undefined && isText ? ['stringData', key] : path;
}

/** ESO sets a template's type, else keeps the Secret's. With target.immutable it writes once (mutationFunc). */
function* targetRisks({ change, base, head }: SpecChange): Iterable<Risk> {
  // All Secrets of a ClusterExternalSecret are alike.
  const [before, after] = [base, head].map(made =>
    made.find(({ creationPolicy }) => creationPolicy !== 'None'),
  );
  if (before === undefined || before.target !== after?.target) return;
  const isFrozen = mapAt(before.spec, 'target')['immutable'] === true;
  const isKept = typeOf(after.type || before.type) === typeOf(before.type);
  const typePath = isKept ? undefined : [...after.path, 'target', 'template', 'type'];
  const path = isFrozen ? frozenChange(change, after) : typePath;
  if (path === undefined) return;
  const why = isFrozen
    ? 'it is immutable, so nothing new reaches it'
    : `its type cannot change from ${typeOf(before.type)} to ${typeOf(after.type)}, so the sync fails`;
  yield {
    ...fieldPlace(change, path),
    message: `the Secret "${after.target}" of ${nameOf(change.head)} keeps its old content: ${why}`,
    hint: 'Give the Secret another name (target.name), and its readers too.',
  };
}

function frozenChange({ fields }: Changed, { path }: ExternalSecret): Path | undefined {
  return fields.map(fieldPath).find(place => {
    const [first, second] = place.slice(path.length).map(String);
    return first === 'target'
      ? second === 'template'
      : ['data', 'dataFrom', 'secretStoreRef'].includes(first ?? '');
  });
}

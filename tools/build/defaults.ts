import type { Defaults } from '../../generator/spec/objects/patches.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The kinds that the generator emits, by the folder and file of their schema. */
const EMITTED =
  /^(external-secrets\.io\/((cluster)?externalsecret|clustersecretstore|pushsecret|secretstore)|generators\.external-secrets\.io\/\w+|postgresql\.cnpg\.io\/(cluster|database|pooler|scheduledbackup)|barmancloud\.cnpg\.io\/objectstore|opentelemetry\.io\/opentelemetrycollector)_v1(beta1|alpha1)?\.json$/;

/** `apiVersion/kind` → where that kind has defaults, for every custom resource we emit. */
export function defaultsOf(schemas: ReadonlyMap<string, object>): Record<string, Defaults> {
  const found: Record<string, Defaults> = {};
  for (const [path, schema] of schemas) {
    if (!EMITTED.test(path)) continue;
    const { apiVersion, kind } = fieldsOf(schema as Schema);
    const spec = fieldsOf(schema as Schema)['spec'];
    const tree = spec === undefined ? undefined : branch(spec, schema as Schema);
    if (tree !== undefined)
      found[`${apiVersion?.['const']}/${kind?.['const']}`] = { fields: { spec: tree } };
  }
  return found;
}

/** The branch below a schema that leads to defaults, or undefined. */
function branch(schema: Schema, root: Schema): Defaults | undefined {
  const { default: value, items } = schema;
  const target = resolved(schema, root);
  const fields = Object.entries(fieldsOf(target)).flatMap(([name, child]) => {
    const below = branch(child, root);
    return below === undefined ? [] : [[name, below] as const];
  });
  const list = items ?? target['items'];
  const below = isSchema(list) ? branch(list, root) : undefined;
  if (value === undefined && fields.length === 0 && below === undefined) return undefined;
  return {
    ...(value !== undefined && { default: value as never }),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
    ...(below !== undefined && { items: below }),
  };
}

/** A local `$ref` followed; definitions of Kubernetes itself hold no defaults. */
function resolved(schema: Schema, root: Schema): Schema {
  const ref = schema['$ref'];
  if (typeof ref !== 'string' || !ref.startsWith('#/definitions/')) return schema;
  const definitions = root['definitions'];
  const found = isSchema(definitions) ? definitions[ref.slice('#/definitions/'.length)] : undefined;
  return isSchema(found) ? resolved(found, root) : schema;
}

function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> {
  const fields = schema['properties'];
  return isSchema(fields) ? (fields as Record<string, Schema>) : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

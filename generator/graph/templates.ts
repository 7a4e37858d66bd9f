import type { Path } from '../ground/finding.ts';
import { parseTemplate, type Template } from '../ground/go-template/go-template.ts';
import { isMap, listAt, mapAt, textAt } from '../ground/json.ts';
import { oncePer } from '../ground/once-per.ts';
import { configMap } from '../kinds/core/config-map.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { eachSpec, type Reader, type RelatedField, type SecretGraph } from './secret-graph.ts';

/** A template of an ExternalSecret: one of its own, or a file of a ConfigMap that it takes. */
export interface SecretTemplate {
  readonly secret: ExternalSecret;
  readonly text: string;
  readonly parsed: Template;
  /** Where it is named in the ExternalSecret. */
  readonly path: Path;
  /** The file of a ConfigMap that it stands in. */
  readonly source?: RelatedField;
}

/** All templates whose text is in the set. Those of Secrets are values and not looked at. */
export const templates: (graph: SecretGraph) => readonly SecretTemplate[] = oncePer(graph =>
  eachSpec(graph.externalSecrets).flatMap(secret => [
    ...ownTemplates(secret),
    ...takenTemplates(secret, graph),
  ]),
);

const TEMPLATE_FIELDS = [['data'], ['metadata', 'labels'], ['metadata', 'annotations']] as const;

/** ESO renders data, labels and annotations, and texts under templateFrom. */
function ownTemplates(secret: ExternalSecret): SecretTemplate[] {
  const path = [...secret.path, 'target', 'template'];
  const template = mapAt(secret.spec, 'target', 'template');
  const fields = TEMPLATE_FIELDS.flatMap(place =>
    Object.entries(mapAt(template, ...place)).map(([key, text]) => ({
      text,
      path: [...path, ...place, key],
    })),
  );
  const literals = listAt(template, 'templateFrom').map((source, index) => ({
    text: textAt(source, 'literal'),
    path: [...path, 'templateFrom', index, 'literal'],
  }));
  return [...fields, ...literals].flatMap(({ text, path: at }) =>
    typeof text === 'string' && text.includes('{{')
      ? [{ secret, text, parsed: parseTemplate(text), path: at }]
      : [],
  );
}

function takenTemplates(secret: ExternalSecret, { find }: SecretGraph): SecretTemplate[] {
  return templateFiles(secret).flatMap(({ kind, name, key, path }): SecretTemplate[] => {
    const object = kind === 'ConfigMap' ? find(configMap, secret.namespace, name) : undefined;
    const text = object === undefined ? undefined : textAt(object.json, 'data', key);
    if (object === undefined || text === undefined) return [];
    const source = { object, path: ['data', key], note: 'the template stands here' };
    return [{ secret, text, parsed: parseTemplate(text), path, source }];
  });
}

/** A key of a ConfigMap or Secret that `templateFrom` names. */
export interface TemplateFile {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key: string;
  /** Where the key is named, and the object. */
  readonly path: Path;
  readonly namePath: Path;
}

const FILE_SOURCES = [
  ['configMap', 'ConfigMap'],
  ['secret', 'Secret'],
] as const;

/** The files that an ExternalSecret takes templates from. */
export function templateFiles({ spec, path }: ExternalSecret): TemplateFile[] {
  return listAt(spec, 'target', 'template', 'templateFrom').flatMap((source, index) =>
    FILE_SOURCES.flatMap(([field, kind]) => {
      const at = [...path, 'target', 'template', 'templateFrom', index, field];
      const name = textAt(source, field, 'name');
      return listAt(source, field, 'items').flatMap((item, number): TemplateFile[] => {
        const key = isMap(item) ? textAt(item, 'key') : undefined;
        if (name === undefined || key === undefined) return [];
        const place = { path: [...at, 'items', number, 'key'], namePath: [...at, 'name'] };
        return [{ kind, name, key, ...place }];
      });
    }),
  );
}

/** Secrets that hold templates are read as well. */
export function templateReaders(secret: ExternalSecret): Reader[] {
  const { object, namespace } = secret;
  const files = templateFiles(secret);
  if (files.length === 0) return [];
  return files
    .filter(({ kind }) => kind === 'Secret')
    .map(({ name, key, path, namePath }) => ({
      object,
      namespace,
      secret: name,
      key,
      path: namePath,
      keyPath: path,
      isOptional: false,
      how: 'store',
    }));
}

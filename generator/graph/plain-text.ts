import type { Path } from '../core/finding.ts';
import { mapAt, textsIn, valueAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { isSecretLiteral, issuedShape, secretIn } from '../core/secret-text.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { type Container, expandedTexts } from '../kinds/pods.ts';
import type { SecretGraph } from './secret-graph.ts';

export interface PlacedText extends ObjectField {
  /** The namespace that short names resolve in. */
  readonly namespace: string;
  readonly text: string;
  readonly container?: Container;
}

/** All texts in which a short name may be a host: variables, arguments, templates, settings of programs. */
export const placedTexts: (graph: SecretGraph) => readonly PlacedText[] = oncePer(
  ({ pods, externalSecrets, objects }) => [
    ...pods.flatMap(({ containers, object }) =>
      containers.flatMap(container =>
        expandedTexts(container).map(({ text, path }) => {
          const { namespace } = object;
          return { object, namespace, container, text, path };
        }),
      ),
    ),
    ...externalSecrets.flatMap(({ object, namespace, path, spec }) => {
      const at = [...path, 'target', 'template', 'data'];
      const texts = textsIn(mapAt(spec, 'target', 'template', 'data'), at);
      return texts.map(found => ({ object, namespace, ...found }));
    }),
    ...objects.flatMap(object => textsBelow(object, object.knownKind?.fields?.configuration)),
  ],
);

/** The texts below a field of an object, if there is one. */
export function textsBelow(object: PlacedObject, path: Path | 'none' | undefined): PlacedText[] {
  if (path === undefined || path === 'none') return [];
  const { namespace } = object;
  return textsIn(valueAt(object.json, path), path).map(found => ({ object, namespace, ...found }));
}

/** What a tool or a shell fills in, and what people write in the place of a secret. */
const STAND_INS: readonly RegExp[] = [
  /\{\{[^{}]{0,200}\}\}/g,
  /\$\{[^{}]{0,200}\}/g,
  /\{(?:(?:env|file|secret|vault)[.:])?[\w./-]{1,100}\}/gi, // Caddy, Python's format
  /(?<![^\s=:/"'(,;@[{])\$[A-Za-z_]\w{0,99}(?![^\s"'@/:;,)}\]&|?#])/g,
  /change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|your[-_ ]/gi,
  /placeholder|example|dummy|redacted|x{3,99}|\*{3,99}/gi,
];

const COMMENT = /^[ \t]{0,200}(?:#|\/\/|;|-- )[^\n]*$/gm;

/** What kind of secret a text under a name looks like. */
export function secretLook(text: string, name: string): string | undefined {
  if (text.length < 6 || isStandIn(text)) return undefined;
  const bare = STAND_INS.reduce((left, expression) => left.replaceAll(expression, '<>'), text);
  const read = bare.includes('\n') ? bare.replaceAll(COMMENT, '') : bare;
  return lookOf(read, name) ?? (read === bare ? undefined : issuedShape(bare));
}

function lookOf(text: string, name: string): string | undefined {
  const what = secretIn(text, { name, isReference: false });
  if (what !== undefined) return what;
  return MAY_HOLD_SECRET.test(text) && hasSecretInside(text) ? 'a secret value' : undefined;
}

function isStandIn(text: string): boolean {
  const first = text.charAt(0);
  const isOneCharacter = first === text.charAt(1) && text.replaceAll(first, '') === '';
  return STAND_IN.test(text) || isOneCharacter;
}

const STAND_IN =
  /^(ENC\[|(>>)?vault:|ref\+|\$(2[abxy]|apr1|[156]|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,8})\$|SCRAM-SHA-|\{S?SHA|@Microsoft\.KeyVault|\$__|%)/;

const MAY_HOLD_SECRET = /pass|pwd|secret|token|key|credential|bearer|basic/i;

/** How texts hold pairs of a name and a value. */
const PAIRS = [
  /^[ \t]{0,200}(?:export |- )?["']?([a-z][\w.-]{0,63})["']?[ \t]{0,20}[:=][ \t]{0,20}["']?([\w+/=.~!@#%^&*-]{6,500})["']?[,;]?[ \t\r]{0,20}$/gim, // a file's line
  /"([a-z][\w.-]{0,63})" ?: ?"([^"\s()]{6,500})"/gi, // JSON
  /(?:^|\s)--?([a-z][\w-]{0,63})[ =]["']?([\w+/=.~!@#%^&*-]{6,500})/gi, // an option in a command
  /\b(password) '([^'\s]{6,200})'/gi, // SQL
];

function hasSecretInside(text: string): boolean {
  for (const pair of PAIRS)
    for (const [, name = '', value = ''] of text.matchAll(pair))
      if (/\d/.test(value) && !isStandIn(value) && isSecretLiteral(value, name)) return true;
  for (const [, token = ''] of text.matchAll(/\b(?:Bearer|Basic) ([\w+/=.~-]{16,5000})/g))
    if (/\d/.test(token) && isSecretLiteral(token, 'token')) return true;
  return false;
}

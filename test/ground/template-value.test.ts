import { expect, test } from 'vitest';
import {
  ARGOCD_TEMPLATE_FUNCTIONS,
  parseTemplateWith,
} from '../../generator/core/template/parse.ts';
import { templateValue } from '../../generator/core/template/value.ts';

const VALUES = {
  name: 'Web_1',
  count: 3,
  isOn: true,
  isOff: false,
  empty: '',
  path: { path: 'apps/web/prod', segments: ['apps', 'web', 'prod'] },
};

function filledIn(text: string): string | undefined {
  return templateValue(parseTemplateWith(text, ARGOCD_TEMPLATE_FUNCTIONS), VALUES);
}

test.for([
  ['a {{ .name }} b', 'a Web_1 b'],
  ['{{ index .path.segments 1 }}', 'web'],
  ['{{ (index .path.segments 2) | upper }}', 'PROD'],
  ['{{ last .path.segments }}-{{ first .path.segments }}', 'prod-apps'],
  ['{{ base .path.path }}', 'prod'],
  ['{{ .name | normalize }}', 'web-1'],
  ['{{ printf "%s-%d" .name .count }}', 'Web_1-3'],
  ['{{ join "/" .path.segments }}', 'apps/web/prod'],
  ['{{ index (splitList "/" .path.path) 0 }}', 'apps'],
  ['{{ .path.path | trimPrefix "apps/" | replace "/" "-" }}', 'web-prod'],
  ['{{ .empty | default "usual" }}', 'usual'],
  ['{{ dig "path" "none" "usual" . }}', 'usual'],
  ['{{ ternary "yes" "no" .isOn }}', 'yes'],
  ['{{ if eq .name "Web_1" }}one{{ else }}other{{ end }}', 'one'],
  ['{{ if .isOff }}one{{ else if .isOn }}two{{ end }}', 'two'],
  ['{{ with .path }}{{ .path }} of {{ $.name }}{{ end }}', 'apps/web/prod of Web_1'],
  ['a \n {{- .count -}} \n b', 'a3b'],
] as const)('%s is %s', ([text, value]) => expect(filledIn(text)).toBe(value));

test.for([
  '{{ .missing }}',
  '{{ .path }}',
  '{{ .name.first }}',
  '{{ .constructor }}',
  '{{ index .path.segments 7 }}',
  '{{ range .path.segments }}{{ . }}{{ end }}',
  '{{ $x := .name }}{{ $x }}',
  '{{ if .missing }}a{{ end }}',
  '{{ slugify .name }}',
  '{{ printf "%5d" .count }}',
])('%s is not known', text => expect(filledIn(text)).toBeUndefined());

const long = 'a'.repeat(9_000);

test.for([
  '{{ replace "a" .long .long }}',
  '{{ printf "%s%s" .long .long }}',
  '{{ print .long .long }}',
  '{{ join .long .list }}',
  '{{ splitList "a" .long | last }}',
  '{{ .longer | upper }}',
  '{{ replace "a" .longer "a" }}',
  '{{ .long }}'.repeat(100),
])('%s would be too long, and is not made', text => {
  const values = { long, longer: long + long, list: ['a', 'b', 'c'] };
  expect(templateValue(parseTemplateWith(text, ARGOCD_TEMPLATE_FUNCTIONS), values)).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import { parseTemplate } from '../../generator/core/template/parse.ts';
import { templateReads } from '../../generator/core/template/reads.ts';
import { rawUrlPasswords } from '../../generator/spec/model/secret-template.ts';

describe('what Go does not parse (held against text/template)', () => {
  test.for([
    ['{{ .a-b }}', '"-" stands after a name without a space'],
    ['{{ .a', 'an action is not closed with "}}"'],
    ['{{ "a }}', 'a text is not closed with its quote'],
    ["{{ 'ab' }}", 'a text is in single quotes, where Go wants double ones'],
    ['{{/* a */ b }}', 'a comment ends before the closing braces'],
    ['{{ if .a }}', '"if" has no "end"'],
    ['{{ end }}', '"end" has no beginning'],
    ['{{ if .a }}{{ else }}{{ else }}{{ end }}', '"else" is in no "if", "with" or "range"'],
    ['{{ (.a }}', '"(" is not closed'],
    ['{{ .a ) }}', '")" has no "("'],
    ['{{ }}', 'a value is missing in an action'],
    ['{{ .a | "b" }}', 'what follows "|" is no function'],
    ['{{ nope .a }}', 'there is no function "nope"'],
    ['{{ $a }}', 'there is no variable "$a"'],
  ] as const)('%s', ([text, message]) => expect(parseTemplate(text).fault?.message).toBe(message));
});

describe('what it does', () => {
  test.for([
    'a }} b { c',
    '{{- /* {{ .a-b */ -}}',
    '{{ .a -}} {{- .b }}',
    '{{ "}}" }}{{ `"` }}{{ \'x\' }}{{ "\\"" }}',
    '{{ .a | trunc -4 }}{{ .1 }}',
    '{{ if .a }}{{ else if .b }}{{ else }}{{ end }}',
    '{{ range $i, $e := .a }}{{ $i }}{{ break }}{{ end }}',
    '{{ with $x := .a }}{{ $x }}{{ else with .b }}{{ end }}',
    '{{ define "t" }}{{ . }}{{ end }}{{ template "t" . }}',
    '{{ (index . "a").b }}{{ not (eq .a "x") }}',
    '{{ .é }}{{ nil }}{{ .a | }}',
  ])('%s', text => expect(parseTemplate(text).fault).toBeUndefined());
});

test.for([
  ['{{ .a.b }}', [{ key: 'a', nested: 'a.b', isOptional: false }]],
  ['{{ $d := . }}{{ $d.a }}', [{ key: 'a', isOptional: false }]],
  ['{{ index $ "a" | default "x" }}', [{ key: 'a', isOptional: true }]],
  ['{{ .a | default "x" }}', [{ key: 'a', isOptional: false }]],
  ['{{ range .a }}{{ .b }}{{ $.c }}{{ end }}', [{ key: 'a' }, { key: 'c' }]],
  ['{{ with . }}{{ .a }}{{ end }}', [{ key: 'a', isOptional: false }]],
] as const)('%s reads keys of the data', ([text, reads]) =>
  expect(templateReads(parseTemplate(text).nodes).reads).toMatchObject(reads),
);

test.for([
  ['postgres://u:{{ .p }}@h', ['p']],
  ['postgres://{{ .u }}:{{ index . "p-w" | toString }}@{{ .h }}', ['p-w']],
  ['postgres://u:{{ .p | urlquery }}@h', []],
  ['{{ $p := .p | urlquery }}postgres://u:{{ $p }}@h', []],
  ['https://h:{{ .port }}/{{ .mail }}@x', []],
  ['{{ list "postgres://u:" .p "@h" | join "" }}', ['p']],
  ['{{ join "" (list "postgres://u:" .p "@h") }}', ['p']],
  ['{{ join ":" (list "postgres://u" (print .p "@h")) }}', ['p']],
  ['{{ printf "postgres://%s:%s@%s" .u .p .h }}', ['p']],
  ['{{ printf "postgres://u:%s@h" (.p | urlquery) }}', []],
  ['{{ list "postgres://u:" .p "@h" | join "," }}', []],
  ['{{ printf "postgres://u:%q@h" .p }}', []],
  ['{{ printf "postgres://u:%s@h" .p | b64enc }}', []],
] as const)('%s has passwords as they are', ([text, keys]) =>
  expect(rawUrlPasswords(parseTemplate(text).nodes)).toEqual(keys),
);

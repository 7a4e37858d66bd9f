import { describe, expect, test } from 'vitest';
import {
  dashedKey,
  postgresUrl,
  templateKeys,
  urlKeys,
} from '../../generator/spec/model/secret-template.ts';

describe('the keys that a template uses', () => {
  test.for([
    ['plain', []],
    ['{{ .a }}', ['a']],
    ['{{ .a | b64dec }}-{{- .b -}}', ['a', 'b']],
    ['{{ index . "a-b" }}', ['a-b']],
    ['{{ printf "%s:.c" .a }}', ['a']],
    ['{{ .a | replace ".x" "}}" }}', ['a']],
    ['{{/* .no */}}{{ (.a | upper) }}', ['a']],
    ['{{ range $k, $v := . }}{{ $k }}{{ end }}', undefined],
    ['{{ with .a }}{{ . }}{{ end }}', ['a']],
    ['{{ . | toJson }}', undefined],
    ['{{ toJson . }}', undefined],
  ] as const)('%s', ([text, keys]) => expect(templateKeys(text)).toEqual(keys));

  test('a dash after a dot is found', () => {
    expect(dashedKey('{{ .api-key }}')).toBe('api-key');
    expect(dashedKey('{{ index . "api-key" }}-{{- .a -}}')).toBeUndefined();
  });
});

test('a URL escapes user and password, and takes what it is not told from the Secret', () => {
  const escaped = (key: string): string => `{{ .${key} | urlquery | replace "+" "%20" }}`;
  expect(postgresUrl({}, undefined)).toBe(
    `postgresql://${escaped('username')}:${escaped('password')}@{{ .host }}:5432/{{ .dbname }}`,
  );
  expect(urlKeys({}, undefined)).toEqual(['username', 'password', 'host', 'dbname']);
  const own = { database: 'a b', port: 6432, parameters: { sslmode: 'require' } };
  const target = { host: 'db-rw.shop.svc.cluster.local', database: 'shop' };
  expect(postgresUrl(own, target)).toMatch(
    /@db-rw\.shop\.svc\.cluster\.local:6432\/a%20b\?sslmode=require$/,
  );
  expect(urlKeys(own, target)).toEqual(['username', 'password']);
});

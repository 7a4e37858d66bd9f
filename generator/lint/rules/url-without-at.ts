import { numberedText } from '../../core/template/reads.ts';
import { templateField, templates } from '../../graph/keys.ts';
import { error, type Rule } from '../rule.ts';

export const urlWithoutAt: Rule = error('url-without-at', templates, template => {
  if (template.parsed.fault !== undefined) return undefined;
  const { text, keys } = numberedText(template.parsed.nodes);
  const [, password, host = ''] = LOGIN_AND_HOST.exec(text) ?? [];
  const [key] = keys[Number(password)] ?? [];
  if (key === undefined) return undefined;
  return {
    ...templateField(template),
    message: `the URL has no @ between the key "${key}" and the host "${host}"`,
    hint: `Put an @ before ${host}.`,
  };
});

/** A login whose password is a fetched key, as \0n\0, with a host right behind it: a port has no letters. */
const LOGIN_AND_HOST =
  /:\/\/(?:\0\d+\0|[\w.-]){1,99}:\0(\d+)\0([a-z][\w-]*(?:\.[\w-]+)*)(?=[:/?\s]|$)(?![^\s/?]*@)/i;

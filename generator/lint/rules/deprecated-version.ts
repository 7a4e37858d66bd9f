import { versionFault } from '../../graph/objects.ts';
import { type Rule, warning } from '../rule.ts';

export const deprecatedVersion: Rule = warning('deprecated-version', 'objects', object => {
  const fault = versionFault(object);
  if (fault === undefined || !fault.isServed) return undefined;
  return {
    path: ['apiVersion'],
    message: `"${object.json.apiVersion}" of ${object.kind} is deprecated`,
    hint: `Write ${fault.servedVersion}, which is there since ${fault.since}. Fields may have changed with it.`,
  };
});

import { textAt } from '../../core/json.ts';
import { BOOTSTRAP_TOKEN, lackingKeys } from '../../kinds/core/secret.ts';
import { error, type Rule } from '../rule.ts';

export const templateType: Rule = error('template-type', 'specs', function* (secret) {
  const { spec, keys, creationPolicy } = secret;
  const path = [...secret.path, 'target', 'template', 'type'];
  const type = textAt(spec, 'target', 'template', 'type') ?? '';
  if (type === BOOTSTRAP_TOKEN)
    yield {
      path,
      message: `ESO after 2.4.0 refuses to make a Secret of type ${type}`,
      hint: 'Leave the type out: such a Secret lets nodes join the cluster.',
    };
  const lacking = lackingKeys(type, keys.keys);
  // With Merge the other keys are there already.
  if (lacking.length === 0 || keys.isOpen || creationPolicy.endsWith('Merge')) return;
  const names = lacking.map(group => group.map(key => `"${key}"`).join(' or ')).join(' and ');
  yield {
    path,
    message: `a Secret of type ${type} needs the key ${names}`,
    hint: 'Add it to the template, or leave the type out.',
  };
});

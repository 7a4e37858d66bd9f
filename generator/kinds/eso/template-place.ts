import type { Path } from '../../ground/finding.ts';

/**
 * Whether a text is a template of an ExternalSecret, in one or in the settings of a chart that makes
 * them, or one of those that a PushSecret has; a SealedSecret took them over.
 */
export function isTemplatePlace(path: Path): boolean {
  const at = path.indexOf('template');
  if (at < 1) return false;
  const [before, field] = [path[at - 1], path[at + 1]];
  if (field === 'templateFrom') return path.at(-1) === 'literal';
  const isPushed = path[0] === 'spec' && (at === 1 || before === 'pushSecretSpec');
  return field === 'data' && (before === 'target' || isPushed);
}

import { isMap, listAt } from '../core/json.ts';

/** The generators of KSOPS: the second is its form as an old plugin (KSOPS README, "Legacy plugins"). */
const KSOPS = ['ksops', 'ksops-exec'];

/**
 * The encrypted manifests that a generator of KSOPS decrypts; names and keys in them are readable. Undefined: the
 * object is no such generator, or makes Secrets of other files too.
 */
export function encryptedFiles(object: unknown): readonly string[] | undefined {
  if (!isMap(object) || object['apiVersion'] !== 'viaduct.ai/v1') return undefined;
  if (!KSOPS.includes(String(object['kind'])) || object['secretFrom'] !== undefined)
    return undefined;
  const files = listAt(object, 'files').filter(file => typeof file === 'string');
  return files.length > 0 && files.length === listAt(object, 'files').length ? files : undefined;
}

import { isMap, listAt } from '../core/json.ts';

/** The generators of KSOPS: the second is its form as an old plugin (KSOPS README, "Legacy plugins"). */
const KSOPS = ['ksops', 'ksops-exec'];

/**
 * The files that KSOPS decrypts into the objects that it makes: manifests whose names and keys stand
 * there as they are. Undefined: no KSOPS, or one that makes Secrets of other files too.
 */
export function encryptedFiles(object: unknown): readonly string[] | undefined {
  if (!isMap(object) || object['apiVersion'] !== 'viaduct.ai/v1') return undefined;
  if (!KSOPS.includes(String(object['kind'])) || object['secretFrom'] !== undefined)
    return undefined;
  const files = listAt(object, 'files').filter(file => typeof file === 'string');
  return files.length > 0 && files.length === listAt(object, 'files').length ? files : undefined;
}

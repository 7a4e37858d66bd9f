import type { Kind } from '../kind.ts';

/** KRM functions (kustomize/api/kio). */
export const KRM = 'config.kubernetes.io';

/** An object that says it with `true` is for functions, and never applied. */
export const LOCAL_CONFIG: string = `${KRM}/local-config`;

export const resourceList: Kind = { group: KRM, kind: 'ResourceList' };

import type { JsonObject } from '../ground/json.ts';

/** A folder that a deployment object has applied, and how its objects are changed on the way. */
export interface Applied {
  /** From the root of the repository, as it is written. */
  readonly path: string;
  /** The object that says which repository it is; undefined: the one the object came from, or a URL. */
  readonly source?: {
    readonly group: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly url?: string;
  /** Only files that match; of a folder that is applied as it is. */
  readonly isRecursive?: boolean;
  /** A kustomization to lay over the folder: namespace, patches, images and the like. */
  readonly overlay: JsonObject;
  /** The namespace of objects that have none when all is done. */
  readonly namespace?: string;
  /** The cluster it goes to, where that is not the one the object is on. */
  readonly cluster?: string;
}

/** Something that may make objects which nothing shows. */
export interface Unknown {
  /** Where; undefined: in any namespace. */
  readonly namespace?: string;
  /** As a reason is told: `the Helm chart "ironic"`, to which the namespace is added. */
  readonly what: string;
  /** The number of the file that it is left out of, where that is so. */
  readonly file?: number;
}

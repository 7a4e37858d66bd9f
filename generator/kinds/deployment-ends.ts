import type { Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';

/** A folder that a deployment object has applied, and how its objects are changed on the way. */
export interface Applied {
  /** From the root of its repository, as it is written. */
  readonly path: string;
  /** The field that says so. */
  readonly at: Path;
  /** Its tool reads all manifests below a folder; or, as a directory of Argo CD, what matches. */
  readonly reads: {
    readonly isRecursive: boolean;
    readonly include?: string;
    readonly exclude?: string;
  };
  /** The load restriction of kustomize is off. */
  readonly isUnrestricted: boolean;
  /** The fields of a kustomization that are laid over the folder's own. */
  readonly overlay: JsonObject;
  /** Labels and annotations that its objects get. */
  readonly metadata?: { readonly labels?: JsonObject; readonly annotations?: JsonObject };
  /** The namespace of its objects: of those without one, or, forced, of all. */
  readonly namespace?: string;
  readonly isForced?: boolean;
  /** The variables that are filled in at last; undefined: none are. */
  readonly substitute?: Substitute;
  /** The cluster that it goes to, where that is not the one that the object is on. */
  readonly cluster?: string;
  /** What it is called that has it applied, where an object has several: one of its Applications. */
  readonly name?: string;
  /** The generators that would say the rest of it, and are not known here. */
  readonly open?: readonly string[];
  /** The repository's URL, or the object that has it. */
  readonly url?: string;
  readonly source?: SourceName;
}

/** A chart that is a folder of a repository, and how its deployer has Helm make it. */
export interface LocalChart extends ChartPlace {
  /** Whether what lies in `crds/` is installed too. */
  readonly hasCrds: boolean;
  /** Whether hooks run. */
  readonly hasHooks: boolean;
  /** What it is made for, where its deployer says so. */
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

/** Where a deployment object says a chart is. */
export type ChartPlace = Pick<Applied, 'path' | 'at' | 'url' | 'source' | 'cluster' | 'name'>;

/** The object that says which repository it is. */
export interface SourceName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Variables of a deployment object, and the ConfigMaps and Secrets of its namespace with more. */
export interface Substitute {
  readonly values: JsonObject;
  readonly from: readonly VariableSource[];
}

/** A ConfigMap or Secret with variables. */
export interface VariableSource {
  readonly kind: string;
  readonly name: string;
  /** It may be missing. */
  readonly isOptional?: true;
}

/** A folder that is to be applied and that its repository has not, with one that it has. */
export interface LostFolder {
  readonly path: string;
  /** The field that says so. */
  readonly at: Path;
  readonly near: string;
}

/** Something that may make objects which nothing shows. */
export interface Unknown {
  /** Where; undefined: in any namespace. */
  readonly namespace?: string;
  /** As a reason is told: `the Helm chart "ironic"`, to which the namespace is added. */
  readonly what: string;
  /** A folder that is not read: it may hold objects of the cluster too. */
  readonly isFolder?: true;
  /** A chart whose values are not looked at. */
  readonly isChart?: true;
  /** Whether it may make something of a name; absent: it may make anything. */
  readonly mayMake?: (name: string) => boolean;
  /** Of what has no name it is no reason. */
  readonly isOfNames?: true;
  /** The number of the file that it is left out of, where that is so. */
  readonly file?: number;
}

/** A repository as those see it who make objects of what lies in it. */
export interface RepositoryTree {
  /** The folders that have something, and the files, by their paths from the root, sorted. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** The first document of a file of YAML or JSON; undefined: it has none that can be read. */
  readonly documentIn: (file: string) => Json | undefined;
}

/** What tells one release of Helm from another: what is installed under another name is another. */
export interface Installed {
  /** What the object calls it, the same on both sides of a change. */
  readonly id: string;
  readonly parts: readonly InstalledPart[];
}

/** A part of the name of a release, with the field that it comes from. */
export interface InstalledPart {
  readonly what: 'release name' | 'namespace' | 'storage namespace' | 'chart';
  /** Undefined: not told here. */
  readonly value: string | undefined;
  readonly path: Path;
}

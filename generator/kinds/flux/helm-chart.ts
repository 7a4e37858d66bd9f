import type { Kind } from '../kind.ts';
import { SOURCES } from './group.ts';

export const helmChart: Kind = { group: SOURCES, kind: 'HelmChart', hosts: 'none' };

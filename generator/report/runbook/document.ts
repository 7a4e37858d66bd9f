import type { Runbook } from '../../operate/runbook/runbook.ts';
import type { Block } from './blocks.ts';
import { disasters, troubles } from './disasters.ts';
import { entrySections } from './entries.ts';
import { installation } from './installation.ts';
import { generatedSections, manualSections } from './manual.ts';
import { overview } from './overview.ts';
import { phoenixSections } from './phoenix.ts';

/** A runbook as the parts that every format writes, in the order in which people need them. */
export function documentOf(runbook: Runbook): Block[] {
  return [
    overview,
    entrySections,
    manualSections,
    generatedSections,
    phoenixSections,
    troubles,
    disasters,
    installation,
  ].flatMap(part => part(runbook));
}

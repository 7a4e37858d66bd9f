import type { Formats } from '../format.ts';
import { renderDoctorJson } from './json.ts';
import type { DoctorReport } from './shown-link.ts';
import { renderDoctorText } from './text.ts';

/** `doctor`. */
export const doctorFormats: Formats<DoctorReport> = {
  text: { render: renderDoctorText },
  json: { render: renderDoctorJson },
};

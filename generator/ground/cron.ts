/** How many values each field has, from minutes to days of the week. */
const RANGES = [60, 24, 31, 12, 7] as const;

const WORDS: Readonly<Record<string, number>> = {
  '@yearly': 1 / 12,
  '@annually': 1 / 12,
  '@monthly': 1,
  '@weekly': 30 / 7,
  '@daily': 30,
  '@midnight': 30,
  '@hourly': 720,
};

/**
 * About how often a cron schedule comes due in a month of 30 days; undefined where it is not read.
 * A field before the five is of seconds, and a time zone may stand before them all.
 */
export function runsPerMonth(schedule: string): number | undefined {
  const text = schedule.trim().replace(/^(CRON_)?TZ=\S+\s+/, '');
  const word = WORDS[text.toLowerCase()];
  if (word !== undefined) return word;
  const fields = text.split(/\s+/).slice(-RANGES.length);
  const counts = fields.map((field, index) => countIn(field, RANGES[index] ?? 0));
  const [minutes, hours, dates, months, days] = counts;
  if (minutes === undefined || hours === undefined || dates === undefined) return undefined;
  if (months === undefined || days === undefined) return undefined;
  const isByDate = dates < 31;
  const inMonth = days < 7 ? (days * 30) / 7 + (isByDate ? dates : 0) : isByDate ? dates : 30;
  return minutes * hours * Math.min(inMonth, 30) * (months / 12);
}

/** How many values a field means: `*`, `1-5`, `1,15`, `MON`, each with a step behind it. */
function countIn(field: string, range: number): number | undefined {
  const counts = field.split(',').map(part => partCount(part, range));
  const known = counts.filter(count => count !== undefined);
  return known.length < counts.length ? undefined : known.reduce((sum, count) => sum + count, 0);
}

const PART = /^(?:(\*|\?)|(\d{1,2})(?:-(\d{1,2}))?|([a-z]{3})(?:-([a-z]{3}))?)(?:\/(\d{1,2}))?$/i;

function partCount(part: string, range: number): number | undefined {
  const match = PART.exec(part);
  if (match === null) return undefined;
  const [, any, from, to, day, lastDay, step] = match;
  if (lastDay !== undefined) return undefined;
  const isAll = any !== undefined || (step !== undefined && to === undefined && day === undefined);
  const width = isAll
    ? range - Number(from ?? 0)
    : to === undefined
      ? 1
      : Number(to) - Number(from) + 1;
  return Math.max(1, Math.ceil(width / Math.max(1, Number(step ?? 1))));
}

import { LIMITS_OF } from '../../kinds/eso/call-limits.ts';
import type { Capacity, HomeLoad } from '../../operate/capacity/capacity.ts';
import { dollarsOf, MONTH, PRICES } from '../../operate/capacity/costs.ts';
import { shownLines } from '../one-line.ts';
import { counted } from '../review/html/prose.ts';
import { objectText } from '../text.ts';
import { capacityNotes, homeTitle, remedyText, shownNumber, shownSeconds } from './words.ts';

/** Capacities for people. */
export function renderCapacityText(capacities: readonly Capacity[]): string {
  return capacities.map(capacityText).join('\n');
}

function capacityText(capacity: Capacity): string {
  const { name, homes } = capacity;
  const lines =
    homes.length === 0
      ? ['  nothing of AWS is refreshed']
      : [...homes.flatMap(homeLines), ...controllerLines(capacity)];
  const notes = capacityNotes(capacity).map(note => `  note: ${note}`);
  return `${shownLines([name, ...lines, ...notes].join('\n'))}\n`;
}

function homeLines(home: HomeLoad): string[] {
  const { stores, objects, entries, rates, tick, peak, limits, failing, remedies } = home;
  return [
    `  ${homeTitle(home)}: ${entries === 1 ? '1 entry' : `${entries} entries`} of ${counted(objects, 'object')}`,
    `    for ${stores.map(objectText).join(', ')}`,
    ...[...rates].map(
      ([action, rate]) =>
        `    ${action}: ${shownNumber(rate)} a second, ${shownNumber(rate * MONTH)} a month`,
    ),
    `    peak: ${counted(tick, 'call')} due at one moment, ${shownNumber(peak)} made a second`,
    ...limits.map(limit => `    ${limitText(limit)}`),
    `    while all of it fails: ${shownNumber(failing)} calls a second`,
    `    ${costText(home)}`,
    ...(isPressing(home) ? remedies.map(remedy => `    to do: ${remedyText(remedy)}`) : []),
  ];
}

/** The part of a limit, and the dollars a month, from which on remedies are worth their lines. */
const PRESSING = { share: 0.1, dollars: 1 };

function isPressing({ limits, costs }: HomeLoad): boolean {
  return (
    costs.some(({ dollars }) => dollars >= PRESSING.dollars) ||
    limits.some(
      ({ perSecond, rate, peak }) => peak >= perSecond || rate >= perSecond * PRESSING.share,
    )
  );
}

function limitText({ name, perSecond, rate, peak }: HomeLoad['limits'][number]): string {
  const percent = (100 * rate) / perSecond;
  const share = percent < 0.01 ? 'under 0.01' : shownNumber(percent);
  const isOver = peak > perSecond ? ', which is throttled' : '';
  return `limit of ${LIMITS_OF}: ${shownNumber(perSecond)} ${name} a second; ${share}% of it is needed, and ${shownNumber(peak)} a second at the peak${isOver}`;
}

function costText({ costs }: HomeLoad): string {
  const parts = costs.map(({ what, dollars }) => `$${dollars.toFixed(2)} ${what}`);
  const told = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return `costs at prices of ${PRICES.of}: $${dollarsOf(costs).toFixed(2)} a month${told}`;
}

function controllerLines({ sweep, settings }: Capacity): string[] {
  const { concurrent, latency } = settings;
  const { calls, seconds, interval = 0, busy, fastest } = sweep;
  return [
    `  controller, with --concurrent=${concurrent} and ${shownNumber(latency * 1000)} ms a call: at most ${shownNumber(fastest)} calls a second`,
    `    one sweep: ${calls} calls, ${shownSeconds(seconds)} of the shortest interval of ${shownSeconds(interval)}; ${shownNumber(busy * 100)}% busy`,
  ];
}

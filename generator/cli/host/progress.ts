import { oneLine } from '../../report/one-line.ts';

/** Tells people at a terminal what a long run is at, on a line that goes away. */
export interface Progress {
  /** A file is read. */
  readonly reads: (path: string) => void;
  /** Another program is run. */
  readonly runs: (program: string, args: readonly string[]) => void;
  /** It is at something else. */
  readonly says: (text: string) => void;
  /** Takes the line away: something else is printed. */
  readonly clear: () => void;
}

/** Where progress is shown, and when. */
export interface ProgressLine {
  /** Whether people look at it: it is asked once, and only in a long run. */
  readonly isSeen: () => boolean;
  readonly write: (text: string) => void;
  /** Milliseconds since the run began. */
  readonly elapsed: () => number;
}

/** In milliseconds: a run that is over sooner shows nothing. */
const LONG = 2000;
/** In milliseconds, from one change of the line to the next. */
const PAUSE = 100;
/** A line that is longer than the terminal is wide could not be taken away. */
const WIDTH = 79;
/** Carriage return, and Erase in Line (ECMA-48). */
const CLEAR = '\r\u001b[2K';

/** The progress of one run, which begins with nothing on the line. */
export function progressOn({ isSeen, write, elapsed }: ProgressLine): Progress {
  let [files, last, isShown, isOn] = [0, LONG - PAUSE, undefined as boolean | undefined, false];
  const show = (text: string): void => {
    const now = elapsed();
    if (isShown === false || now < last + PAUSE) return;
    isShown ??= isSeen();
    if (!isShown) return;
    [last, isOn] = [now, true];
    write(`${CLEAR}${shortened(oneLine(text))}`);
  };
  return {
    reads: path => {
      files += 1;
      show(`${files} files read: ${path}`);
    },
    says: show,
    runs: (program, args) => show(`${program} ${args.join(' ')}`),
    clear: () => {
      if (isOn) write(CLEAR);
      isOn = false;
    },
  };
}

/** The beginning and the end tell more than the middle. */
function shortened(text: string): string {
  if (text.length <= WIDTH) return text;
  return `${text.slice(0, 24)} … ${text.slice(-(WIDTH - 27))}`;
}

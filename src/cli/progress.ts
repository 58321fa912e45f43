import { printable } from '../log/printable.ts';
import type { Terminal } from './terminal.ts';

/** Shows how far something has come: a bar on a terminal, else a line now and then. */
export interface Progress {
  /** @param note what else is worth knowing at this moment */
  update(done: number, note?: string): void;
  /** A line that stays, above the bar. */
  line(text: string): void;
  /** Takes the bar away. */
  stop(): void;
}

export interface ProgressOptions {
  /** What is counted: `enqueued`, `delivered`. */
  readonly label: string;
  readonly total: number;
  /** Nothing is shown of how far it has come; lines still are. */
  readonly quiet?: boolean;
  /** Milliseconds of any clock that only goes forward. */
  readonly now?: () => number;
}

/** Between two lines where there is no terminal. Our choice: a log stays readable. */
const lineEveryMs = 2_000;

export async function createProgress(terminal: Terminal, options: ProgressOptions): Promise<Progress> {
  if (options.quiet) return silent(terminal);
  return terminal.bar === undefined ? inLines(terminal, options) : asBar(terminal.bar, options);
}

const silent = ({ err }: Terminal): Progress => ({ update: () => {}, line: err, stop: () => {} });

function inLines(terminal: Terminal, options: ProgressOptions): Progress {
  const { label, total, now = () => performance.now() } = options;
  let shownAt = now();
  return {
    update(done, note) {
      if (now() - shownAt < lineEveryMs) return;
      shownAt = now();
      terminal.err(`${label}: ${done} of ${total}${note ? ` (${note})` : ''}`);
    },
    line: (text) => terminal.err(text),
    stop() {},
  };
}

async function asBar(stream: NonNullable<Terminal['bar']>, options: ProgressOptions): Promise<Progress> {
  const { MultiBar, Presets } = await import('cli-progress');
  const bars = new MultiBar(
    {
      stream: stream as NodeJS.WritableStream,
      format: `${options.label} {bar} {value} of {total}  {note}`,
      barsize: 30,
      clearOnComplete: true,
      // Ctrl-C is the command's own, and a hidden cursor would stay hidden after a crash.
      gracefulExit: false,
      hideCursor: false,
    },
    Presets.shades_classic,
  );
  const bar = bars.create(Math.max(options.total, 1), 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(done, { note: printable(note) }),
    line: (text) => bars.log(`${printable(text)}\n`),
    stop() {
      // Lines that came since the last drawing would get lost.
      bars.update();
      bars.stop();
    },
  };
}

import { startCli, type TestProcess } from '../../support/process.ts';

/** One line of a worker's log; the fields that the suite reads. */
export interface LogLine {
  readonly msg: string;
  readonly time: string;
  readonly level: string;
  readonly id?: string;
  readonly attempt?: number;
  readonly outcome?: string;
  readonly code?: string;
  readonly verdict?: string;
  readonly rule?: string;
  readonly groupId?: string;
  readonly messages?: number;
  readonly resent?: number;
  readonly found?: number;
  readonly durationMs?: number;
  readonly end?: string;
  readonly settled?: boolean;
  readonly late?: boolean;
  readonly address?: string;
  readonly url?: string;
}

/** A worker process, running or ended. */
export interface WorkerProcess {
  /** Counted from 1 in the order of their starts. */
  readonly number: number;
  readonly process: TestProcess;
  /** How we ended it; undefined while it runs. */
  readonly ended: 'killed' | 'told' | undefined;
  /** When it was killed, epoch milliseconds; undefined where it was not. */
  readonly killedAt: number | undefined;
  /** Its log so far. */
  lines(): readonly LogLine[];
  /** What it wrote that is no log line: a crash shows here. */
  stray(): readonly string[];
}

interface Entry {
  readonly worker: WorkerProcess;
  isReady: boolean;
  end: WorkerProcess['ended'];
  killedAt: number | undefined;
}

/** The worker processes of one scenario: `jetsms start` from the sources, with the same settings. */
export interface Workers extends AsyncDisposable {
  /** Those that take jobs. */
  alive(): readonly WorkerProcess[];
  /** Every process that there was. */
  all(): readonly WorkerProcess[];
  /** Resolves when the new worker takes jobs. @param env what it has besides the usual environment */
  start(env?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  /** SIGKILL. */
  kill(worker: WorkerProcess): Promise<void>;
  /** SIGTERM; the exit code, once it has ended. */
  tell(worker: WorkerProcess): Promise<number | null>;
  freeze(worker: WorkerProcess): void;
  thaw(worker: WorkerProcess): void;
}

export function createWorkers(env: Readonly<Record<string, string>>): Workers {
  const entries: Entry[] = [];
  const entryOf = (worker: WorkerProcess): Entry => {
    const entry = entries.find((one) => one.worker === worker);
    if (!entry) throw new Error('not a worker of this scenario');
    return entry;
  };
  return {
    alive: () =>
      entries.filter(({ isReady, end }) => isReady && end === undefined).map(({ worker }) => worker),
    all: () => entries.map(({ worker }) => worker),
    async start(own = {}) {
      const process = startCli(['start'], { env: { ...env, ...own } });
      const entry: Entry = {
        worker: workerOf(process, entries.length + 1, () => entry),
        isReady: false,
        end: undefined,
        killedAt: undefined,
      };
      entries.push(entry);
      await Promise.race([
        process.waitForLine(/"worker\.started"/, { limitMs: 40_000, everyMs: 50 }),
        process.exit.then(({ code }) => {
          throw new Error(
            `a worker ended with ${code} instead of starting:\n${entry.worker.stray().join('\n')}`,
          );
        }),
      ]);
      entry.isReady = true;
      return entry.worker;
    },
    async kill(worker) {
      Object.assign(entryOf(worker), { end: 'killed', killedAt: Date.now() });
      await worker.process.kill('SIGKILL');
    },
    async tell(worker) {
      entryOf(worker).end = 'told';
      const { code } = await worker.process.kill('SIGTERM');
      return code;
    },
    freeze: ({ process }) => process.signal('SIGSTOP'),
    thaw: ({ process }) => process.signal('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await Promise.all(entries.map(({ worker }) => worker.process[Symbol.asyncDispose]()));
    },
  };
}

function workerOf(process: TestProcess, number: number, entry: () => Entry): WorkerProcess {
  const parsed: LogLine[] = [];
  const stray: string[] = [];
  let read = 0;
  const readOn = (): void => {
    for (; read < process.stdout.length; read += 1) {
      const line = parseLine(process.stdout[read] ?? '');
      if (line) parsed.push(line);
      else stray.push(process.stdout[read] ?? '');
    }
  };
  return {
    number,
    process,
    get ended() {
      return entry().end;
    },
    get killedAt() {
      return entry().killedAt;
    },
    lines() {
      readOn();
      return parsed;
    },
    stray() {
      readOn();
      return [...stray, ...process.stderr];
    },
  };
}

/** A line that a SIGKILL has cut is none. */
function parseLine(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type WaitOptions, waitFor } from './wait-for.ts';

/** The folder that holds package.json. */
export const projectFolder: string = fileURLToPath(new URL('../..', import.meta.url));

export interface ProcessChoice {
  /** Added to a bare environment: no JETSMS_*, REDIS_* or vitest variable of this process gets through. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Written to standard input, which is then closed; without it, standard input is empty. */
  readonly input?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A real process of ours. `await using` kills it with the test. */
export interface TestProcess extends AsyncDisposable {
  readonly pid: number;
  /** Lines so far. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** The first line, of either stream, that matches; those that came already count. */
  waitForLine(pattern: RegExp, options?: WaitOptions): Promise<string>;
  /** Sends a signal (default SIGTERM) and returns at once. */
  signal(signal?: NodeJS.Signals): void;
  /** Sends a signal (default SIGKILL) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<Exit>;
  /** Resolves when the process has ended and both streams have been read. */
  readonly exit: Promise<Exit>;
}

/** Starts `jetsms …` from the sources, in a process of its own. */
export function startCli(args: readonly string[], choice: ProcessChoice = {}): TestProcess {
  return startProcess([process.execPath, `${projectFolder}src/cli/main.ts`, ...args], choice);
}

/**
 * Starts `jetsms …` with an output that nobody reads, as behind a log collector that stands still. `await using`
 * kills it with the test.
 */
export function startUnread(
  args: readonly string[],
  choice: ProcessChoice = {},
): ChildProcess & AsyncDisposable {
  const child = spawn(process.execPath, [`${projectFolder}src/cli/main.ts`, ...args], {
    cwd: choice.cwd ?? projectFolder,
    env: { ...bareEnvironment(), ...choice.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  });
}

/** Runs `jetsms …` to its end. */
export async function runCli(args: readonly string[], choice: ProcessChoice = {}): Promise<Finished> {
  return finish(startCli(args, choice));
}

export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs any command to its end. */
export async function runProcess(command: readonly string[], choice: ProcessChoice = {}): Promise<Finished> {
  return finish(startProcess(command, choice));
}

async function finish(child: TestProcess): Promise<Finished> {
  const exit = await child.exit;
  return { ...exit, stdout: child.stdout.join('\n'), stderr: child.stderr.join('\n') };
}

/** Starts any command. */
export function startProcess(
  [file = '', ...args]: readonly string[],
  choice: ProcessChoice = {},
): TestProcess {
  const child = spawn(file, args, {
    cwd: choice.cwd ?? projectFolder,
    env: { ...bareEnvironment(), ...choice.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A process that ends without reading its input is no fault of the test.
  child.stdin.on('error', () => {});
  child.stdin.end(choice.input ?? '');
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const exit = ended(child);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> => {
    child.kill(signal);
    return exit;
  };
  return {
    pid: child.pid ?? -1,
    stdout,
    stderr,
    waitForLine(pattern, options = {}) {
      const find = () => [...stdout, ...stderr].find((line) => pattern.test(line));
      const look = () => {
        const line = find();
        if (line === undefined && hasEnded()) throw new Error(report(file, args, stdout, stderr));
        return line;
      };
      return waitFor(look, {
        limitMs: 15_000,
        what: `a line like ${pattern} from ${args.join(' ')}`,
        ...options,
      });
    },
    signal: (signal = 'SIGTERM') => void child.kill(signal),
    kill,
    exit,
    async [Symbol.asyncDispose]() {
      if (!hasEnded()) await kill();
    },
  };
}

async function ended(child: ChildProcess): Promise<Exit> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

function report(file: string, args: readonly string[], ...streams: readonly (readonly string[])[]): string {
  return [`${file} ${args.join(' ')} has ended; it said:`, ...streams.flat()].join('\n');
}

const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'CI'];

function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.includes(name)));
}

/** The environment of a process whose clock is off by the first of these, and by the next after each SIGUSR2. */
export const skewedClock = (...offsetsMs: readonly number[]): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${new URL('skewed-clock.ts', import.meta.url)}`,
  CLOCK_OFFSETS_MS: offsetsMs.join(','),
});

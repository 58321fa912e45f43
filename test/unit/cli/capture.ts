import { Writable } from 'node:stream';
import type { Surroundings } from '../../../src/cli/context.ts';
import type { ExitCode } from '../../../src/cli/exit-codes.ts';
import { runCli } from '../../../src/cli/run.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';

export interface CapturedRun {
  readonly exitCode: ExitCode;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

export interface CaptureOptions {
  readonly stdin?: readonly (string | Uint8Array)[] | 'terminal';
  readonly env?: Readonly<Record<string, string>>;
  readonly stop?: AbortSignal;
  readonly onOut?: (line: string) => void;
}

/** Runs a command line in this process and keeps what it wrote. */
export async function captureCli(
  args: readonly string[],
  { stdin = [], env = {}, stop = new AbortController().signal, onOut }: CaptureOptions = {},
): Promise<CapturedRun> {
  const out: string[] = [];
  const err: string[] = [];
  const surroundings: Surroundings = {
    terminal: createTerminal(
      streamTo((line) => {
        out.push(line);
        onOut?.(line);
      }),
      streamTo((line) => void err.push(line)),
    ),
    stdin: Object.assign(bytes(stdin === 'terminal' ? [] : stdin), { isTTY: stdin === 'terminal' }),
    env,
    stopSignal: () => stop,
    serviceSignal: () => stop,
    exit: () => {
      throw new Error('exit');
    },
  };
  return { exitCode: await runCli(args, surroundings), out, err };
}

/** What one call of a command writes is one chunk. */
const streamTo = (take: (line: string) => void): Writable =>
  new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      take(chunk.replace(/\n$/, ''));
      done();
    },
  });

/** Chunks as a stream of bytes. */
export async function* bytes(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

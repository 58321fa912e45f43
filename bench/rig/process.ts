import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Answer, Question } from '../processes/answer.ts';

/** A process of the bench that can be asked. */
export interface BenchProcess extends AsyncDisposable {
  /** @throws where the process ends before it has answered, or says that it could not */
  ask<Value>(name: string, payload?: unknown): Promise<Value>;
  /** CPU seconds since it began, by the system's account of this process. */
  cpuSeconds(): Promise<number>;
}

export interface ProcessChoices {
  readonly file: string;
  readonly args?: readonly string[];
  /** Its whole environment beside PATH; none where left out. */
  readonly env?: Readonly<Record<string, string>>;
  /** An open file for standard output. */
  readonly output?: number;
  /** Where it leaves a CPU profile when it ends; none without it. */
  readonly profileDir?: string | undefined;
}

export const benchFolder: string = join(import.meta.dirname, '..');
const meter = pathToFileURL(join(benchFolder, 'processes', 'meter.ts')).href;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function startProcess(choices: ProcessChoices): BenchProcess {
  const { file, args = [], env = {}, output, profileDir } = choices;
  const profile = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
  const child: ChildProcess = fork(file, [...args], {
    execArgv: ['--import', meter, ...profile],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', output ?? 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const pending = new Map<number, Pending>();
  let lastId = 0;
  child.on('message', (message) => {
    const { id, value, error } = message as Answer;
    const asked = pending.get(id);
    pending.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(`${file}: ${error}`));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of pending.values()) reject(new Error(`${file} ended (${signal ?? code})`));
  });
  const ask = <Value>(name: string, payload?: unknown): Promise<Value> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    lastId += 1;
    pending.set(lastId, { resolve, reject });
    child.send({ id: lastId, name, payload } satisfies Question, (error) => error && reject(error));
    return promise as Promise<Value>;
  };
  return {
    ask,
    cpuSeconds: () => ask<number>('cpu'),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

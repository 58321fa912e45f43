import { fileURLToPath } from 'node:url';
import { readJson } from '../../../src/queue/json.ts';
import { defaultAccount, keys } from '../../../src/queue/names.ts';
import { startProcess, type TestProcess } from '../../support/process.ts';
import type { TestRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';
import { placeIn } from './place.ts';

/** The group that all consumers of a scenario belong to. */
export const consumerGroup = 'app';

/** An event that a consumer got, and when: epoch milliseconds, with their fractions. */
export interface Got {
  readonly at: number;
  readonly id: string;
}

/** The consumers of events of one scenario, each a process. */
export interface Consumers extends AsyncDisposable {
  start(): void;
  /** Kills the one that reads, which is the one that got something last, and starts another. */
  replaceReader(): Promise<void>;
  /** Resolves when the group has acknowledged everything that lies in the stream: about so many events. */
  caughtUp(events: number): Promise<void>;
  /** What all of them got, those that were killed included, in the order of time; some of it more than once. */
  got(): readonly Got[];
}

/** A consumer takes about a third of it for an event. */
const msForEach = 10;

const script = fileURLToPath(new URL('consumer-process.ts', import.meta.url));

export function createConsumers(redis: Pick<TestRedis, 'client' | 'url'>): Consumers {
  const all: TestProcess[] = [];
  const alive: TestProcess[] = [];
  const start = (): void => {
    const child = startProcess([process.execPath, script, redis.url]);
    all.push(child);
    alive.push(child);
  };
  return {
    start,
    async replaceReader() {
      const [reader] = alive.toSorted((one, other) => lastOf(other) - lastOf(one));
      if (!reader) return;
      alive.splice(alive.indexOf(reader), 1);
      await reader.kill('SIGKILL');
      start();
    },
    async caughtUp(events) {
      const stream = keys.events(placeIn(redis).prefix, defaultAccount);
      const isThrough = async (): Promise<boolean> => {
        const groups = (await redis.client().xinfo('GROUPS', stream)) as readonly unknown[][];
        const app = groups.find((fields) => fieldOf(fields, 'name') === consumerGroup) ?? [];
        return fieldOf(app, 'pending') === 0 && fieldOf(app, 'lag') === 0;
      };
      const limitMs = 60_000 + events * msForEach;
      await waitFor(isThrough, { limitMs, everyMs: 100, what: 'the consumers being through' });
    },
    got: () => all.flatMap(gotBy).toSorted((one, other) => one.at - other.at),
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((child) => child[Symbol.asyncDispose]()));
    },
  };
}

/** A line that a SIGKILL has cut is none. */
const gotBy = ({ stdout }: TestProcess): readonly Got[] =>
  stdout.map((line) => readJson(line)).filter((got): got is Got => got !== undefined);

const lastOf = (child: TestProcess): number => gotBy(child).at(-1)?.at ?? 0;

const fieldOf = (fields: readonly unknown[], name: string): unknown => fields[fields.indexOf(name) + 1];

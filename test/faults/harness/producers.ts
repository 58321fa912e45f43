import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Lane, WhenUncertain } from '../../../src/message/lane.ts';
import { readJson } from '../../../src/queue/json.ts';
import { startProcess, type TestProcess } from '../../support/process.ts';
import type { OpenProducer, Told } from './load.ts';

/** What a producer process has to send. */
export interface Plan extends OpenProducer {
  readonly bursts: readonly Burst[];
}

/** Sends that come at once. */
export interface Burst {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly orders: readonly Order[];
}

/** One call of `send()`. Its text is its idempotency key as well. */
export interface Order {
  readonly to: string;
  readonly text: string;
  readonly lane: Lane;
  readonly whenUncertain?: WhenUncertain;
}

/** A line of a producer process: so many sends have begun, or one has resolved. */
export type Said = { readonly begun: number } | KeyTold;

export interface KeyTold extends Told {
  readonly key: string;
}

/** A producer process, running or ended. */
export interface ProducerProcess {
  /** Counted from 1 in the order of their starts. */
  readonly number: number;
  /** Sends that have begun and not resolved. */
  underWay(): number;
  hasEnded(): boolean;
}

/** The producer processes of one scenario. */
export interface Producers extends AsyncDisposable {
  /** Those that are not through with their plan. */
  alive(): readonly ProducerProcess[];
  /** SIGKILL; the next one takes its plan up where it was. */
  kill(producer: ProducerProcess): Promise<void>;
  /** Resolves when all of the plan is stored, however often its process is killed. Gives what callers were told. */
  carryOut(plan: Plan): Promise<readonly KeyTold[]>;
}

interface Entry extends ProducerProcess {
  readonly process: TestProcess;
  said(): readonly Said[];
  ended: boolean;
}

const script = fileURLToPath(new URL('producer-process.ts', import.meta.url));

/** An app that has crashed is back after so long. */
const restartMs = 100;

export function createProducers(): Producers {
  const entries: Entry[] = [];

  const run = async (plan: Plan): Promise<readonly KeyTold[]> => {
    const child = startProcess([process.execPath, script], { input: JSON.stringify(plan) });
    const entry = entryOf(child, entries.length + 1);
    entries.push(entry);
    const { code, signal } = await child.exit;
    entry.ended = true;
    if (signal === null && code !== 0)
      throw new Error(`a producer ended with ${code}:\n${child.stderr.join('\n')}`);
    return entry.said().filter((said) => 'key' in said);
  };

  return {
    alive: () => entries.filter(({ ended }) => !ended),
    async kill(producer) {
      const entry = entries.find((one) => one === producer);
      if (!entry || entry.ended) return;
      entry.ended = true;
      await entry.process.kill('SIGKILL');
    },
    async carryOut(plan) {
      const told: KeyTold[] = [];
      for (let { bursts } = plan; bursts.length > 0; ) {
        const heard = await run({ ...plan, bursts });
        told.push(...heard);
        const known = new Set(told.map(({ key }) => key));
        // An app that crashed in the middle of something does all of it again, under the same keys.
        bursts = bursts.filter(({ orders }) => orders.some(({ text }) => !known.has(text)));
        if (bursts.length > 0) await pause(restartMs);
      }
      return told;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(entries.map((entry) => entry.process[Symbol.asyncDispose]()));
    },
  };
}

function entryOf(process: TestProcess, number: number): Entry {
  const parsed: Said[] = [];
  let read = 0;
  const said = (): readonly Said[] => {
    for (; read < process.stdout.length; read += 1) {
      const line = readJson(process.stdout[read]);
      // A line that a SIGKILL has cut is none.
      if (line !== undefined) parsed.push(line as Said);
    }
    return parsed;
  };
  return {
    number,
    process,
    said,
    ended: false,
    hasEnded() {
      return this.ended;
    },
    underWay: () => said().reduce((sum, one) => sum + ('begun' in one ? one.begun : -1), 0),
  };
}

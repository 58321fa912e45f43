import { setTimeout as pause } from 'node:timers/promises';
import { openBee } from '../contenders/bee-producer.ts';
import { messageOf, type Sender, type SendingChoices } from '../contenders/message.ts';
import { openOurs } from '../contenders/our-producer.ts';
import { openPlain } from '../contenders/plain-producer.ts';
import { answer, sharedNow } from './answer.ts';

/** What a producer process is told on its command line, as JSON. */
export interface ProducerTask {
  readonly contender: 'ours' | 'plain' | 'bee';
  readonly redisUrl: string;
  /** The checkout whose code is measured, where it is ours. */
  readonly checkout: string;
  /** Accounts of ours that take turns. */
  readonly accounts?: readonly string[];
}

/** Callers that each await a send and then make the next one, until all are made. */
export interface CallersTask extends SendingChoices {
  /** The first message's number: others would be repeats. */
  readonly first: number;
  readonly count: number;
  readonly callers: number;
}

/** One caller that sends a marked message at a steady pace. */
export interface PaceTask extends SendingChoices {
  readonly first: number;
  readonly count: number;
  readonly everyMs: number;
}

/** When a task began and ended, by `sharedNow()`. */
export interface Span {
  readonly beganAt: number;
  readonly endedAt: number;
}

const task = JSON.parse(process.argv[2] ?? '{}') as ProducerTask;
const openers = { ours: openOurs, plain: openPlain, bee: openBee };
const sender: Sender = await openers[task.contender](task);

async function timed(work: () => Promise<unknown>): Promise<Span> {
  const beganAt = sharedNow();
  await work();
  return { beganAt, endedAt: sharedNow() };
}

answer('callers', ({ first, count, callers, ...choices }: CallersTask) => {
  let next = first;
  const call = async (): Promise<void> => {
    while (next < first + count) {
      const n = next;
      next += 1;
      await sender.send({ ...messageOf(n), ...choices });
    }
  };
  return timed(() => Promise.all(Array.from({ length: callers }, call)));
});

/** When each of them was handed over. */
answer('pace', async ({ first, count, everyMs, ...choices }: PaceTask) => {
  const sentAt: [mark: number, at: number][] = [];
  for (let n = first; n < first + count; n += 1) {
    const due = pause(everyMs);
    sentAt.push([n, sharedNow()]);
    await sender.send({ ...messageOf(n), text: `Kodunuz #${n}#`, ...choices });
    await due;
  }
  return sentAt;
});

answer('campaign', (recipients: number) =>
  timed(async () => {
    if (!sender.campaign) throw new Error(`${task.contender} has no campaigns`);
    await sender.campaign(recipients);
  }),
);

answer('close', () => sender.close());
answer('ready', () => true);

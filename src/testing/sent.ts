import type { Lane, WhenNotFound, WhenUncertain } from '../message/lane.ts';
import type { Media } from '../message/media.ts';
import type { Meta } from '../message/meta.ts';
import { deadlineAtOf, keyAt, messageIdAt, metaAt, type SendJob, textAt } from '../queue/send-job.ts';
import type { MessageStatusState } from '../status/message-status.ts';
import { statusOf } from '../status/status-of.ts';
import type { Memory, StoredJob } from './memory.ts';
import { placeOf } from './places.ts';

/** A message as it was stored, with number and text: it never leaves the test. Times are epoch milliseconds. */
export interface SentMessage {
  readonly id: string;
  readonly account: string;
  readonly lane: Lane;
  readonly title: string;
  /** In the provider's form: digits, country code first, no plus sign. */
  readonly to: string;
  readonly text: string;
  readonly enqueuedAt: number;
  /** Where it was scheduled. */
  readonly sendAt?: number;
  readonly deadlineAt: number;
  readonly whenUncertain: WhenUncertain;
  readonly whenNotFound?: WhenNotFound;
  readonly idempotencyKey?: string;
  readonly campaign?: string;
  readonly meta?: Meta;
  readonly reference?: string;
  /** Of an MMS. */
  readonly mms?: Media & { readonly subject: string };
  /** What became of it so far. */
  readonly state: MessageStatusState;
}

/** All messages that are stored, in the order in which they were. */
export const sentMessages = (memory: Memory): readonly SentMessage[] =>
  memory
    .accounts()
    .flatMap(([, { jobs }]) => [...jobs.values()])
    .toSorted((one, other) => one.order - other.order)
    .flatMap((stored) =>
      stored.messages.flatMap((message, index) => (message ? [sentMessage(memory, stored, index)] : [])),
    );

function sentMessage(memory: Memory, { id: jobId, job }: StoredJob, index: number): SentMessage {
  const { account, lane, title, whenUncertain, whenNotFound, enqueuedAt, sendAt } = job;
  const id = messageIdAt(jobId, job, index);
  const own = memory.of(account);
  return {
    ...{ id, account, lane, title, to: job.to[index] ?? '', text: textAt(job, index), enqueuedAt },
    ...(sendAt === undefined ? {} : { sendAt }),
    deadlineAt: deadlineAtOf(job, index),
    whenUncertain,
    ...(whenNotFound === undefined ? {} : { whenNotFound }),
    ...notesOf(job, index),
    ...mmsOf(job, own.media),
    state: statusOf(id, placeOf(own, id, memory.now()), account, memory.now()).state,
  };
}

function notesOf(job: SendJob, index: number) {
  const { campaign, reference } = job;
  const idempotencyKey = keyAt(job, index);
  const meta = metaAt(job, index);
  return {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(meta === undefined ? {} : { meta }),
    ...(reference === undefined ? {} : { reference }),
  };
}

function mmsOf({ media }: SendJob, known: ReadonlyMap<string, Uint8Array>): Pick<SentMessage, 'mms'> {
  if (!media) return {};
  const { contentType, subject, hash } = media;
  return { mms: { contentType, subject, data: known.get(hash) ?? new Uint8Array() } };
}

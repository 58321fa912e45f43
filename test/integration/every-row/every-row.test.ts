import { describe, expect, it } from 'vitest';
import { codeTable } from '../../../src/codes/index.ts';
import { meaningOfDeath } from '../../../src/queue/dead-letter-meaning.ts';
import type { DeliveryWorker } from '../../../src/worker/worker.ts';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type RowCase, type RowEnd, rowCases } from './cases.ts';

/** The world of a case: JetSMS breaks its own rule there, or is told what to answer. */
async function worldOf({ way, row, end, byItself }: RowCase): Promise<DeliveryWorld> {
  const world = await createDelivery({
    account: {
      surface: way === 'xml' ? 'xml' : 'web-service',
      probeIntervalMs: 200,
      ...byItself?.account,
    },
    ...(byItself?.provider ? { provider: byItself.provider } : {}),
  });
  const times = end === 'hold' || end === 'deferral' ? { times: 1 } : {};
  if (!byItself) world.simulator.faults.add({ kind: 'reply', code: row.id, ...times });
  return world;
}

/** Sends what the case is about; nothing of it is refused before it is enqueued. */
async function send(world: DeliveryWorld, { way, byItself }: RowCase): Promise<string> {
  const { title, text = 'Merhaba', media } = byItself ?? {};
  const common = { text, ...(title === undefined ? {} : { title }) };
  if (way !== 'mms') return (await world.send(common)).id;
  const { contentType = 'image/jpeg', bytes = 100 } = media ?? {};
  const mms = { to: '0532 123 45 67', subject: 'Konu', media: { contentType, data: Buffer.alloc(bytes, 1) } };
  return (await world.producer.sendMms({ ...common, ...mms })).id;
}

interface Sent extends RowCase {
  readonly worker: DeliveryWorker;
}

async function expectAccepted(world: DeliveryWorld, id: string): Promise<readonly string[]> {
  const ended = await world.end(id);
  expect(ended.job.returnvalue).toMatchObject({ end: 'accepted' });
  expect(world.simulator.accepted.map(({ groupId }) => groupId)).toEqual([ended.groupId]);
  return ended.way;
}

/** The dead letter says what happened: reason, code, the list's meaning, JetSMS's words, every attempt. */
async function expectDead(world: DeliveryWorld, id: string, { row, end }: Sent): Promise<void> {
  const ended = await world.end(id);
  const { letter, journal } = ended;
  expect(letter && `dead ${letter.reason} ${letter.code}`).toBe(`${end} ${row.code}`);
  expect(letter && meaningOfDeath(letter)).toContain(row.meaning);
  expect(letter?.text).not.toBe('');
  expect(letter?.history).toEqual(journal.history);
  expect(journal.history).toHaveLength(row.retryDelaysMs.length + 1);
  expect(world.simulator.accepted).toHaveLength(0);
}

/** The account stands still, the message is not given up, and leaves when there is credit. */
async function expectHold(world: DeliveryWorld, id: string, { row, byItself }: Sent): Promise<void> {
  await world.held({ reason: 'no-credit', mode: 'probing', code: row.code });
  if (byItself) world.simulator.topUp('acme', 10);
  const way = await expectAccepted(world, id);
  expect(way[0]).toBe(`refused ${row.code} hold`);
  expect((await world.end(id)).journal.attempts).toBe(1);
}

/** The message waits, uses no attempt, and leaves in its time. */
async function expectDeferral(world: DeliveryWorld, id: string, { row, worker }: Sent): Promise<void> {
  await waitFor(async () => (await world.queue.getJobState(id)) === 'delayed');
  const { attempts, notBefore = 0 } = await world.journalOf(id);
  expect(attempts).toBe(0);
  expect(notBefore - Date.now()).toBeGreaterThan((row.retryDelaysMs[0] ?? 0) - 10_000);
  await worker.close();
  await world.startWorker({ now: () => notBefore });
  await (await world.queue.getJob(id))?.promote();
  expect(await expectAccepted(world, id)).toEqual([`refused ${row.code} defer`, 'accepted 00 complete']);
}

const expectations: Readonly<
  Record<RowEnd, (world: DeliveryWorld, id: string, sent: Sent) => Promise<unknown>>
> = {
  accepted: expectAccepted,
  'dead terminal': expectDead,
  'dead exhausted': expectDead,
  hold: expectHold,
  deferral: expectDeferral,
};

describe('every row of the code table, from the producer to its end', () => {
  it('has a test on each way on which it can occur', () => {
    expect(new Set(rowCases.map(({ row }) => row.id))).toEqual(new Set(codeTable.map(({ id }) => id)));
  });

  it.each(rowCases.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    await using world = await worldOf(one);
    const worker = await world.startWorker();
    const id = await send(world, one);
    // Awaited here, or the world would be gone before what is expected of it.
    await expectations[one.end](world, id, { ...one, worker });
  });
});

import { describe, expect, it } from 'vitest';
import { dayOf, endedKey, parseEnded } from '../../../src/queue/ended-state.ts';
import { eventField, parseEventEntry } from '../../../src/queue/event-entry.ts';
import { emptyJournal, type Journal } from '../../../src/queue/journal.ts';
import { keys } from '../../../src/queue/names.ts';
import { parseWaiting } from '../../../src/queue/waiting-report.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { recordsAt } from '../../support/job-records.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

const streamOf = ({ prefix, account }: DeliveryWorld): string => keys.events(prefix, account.name);
const reportsOf = ({ prefix, account }: DeliveryWorld): string => keys.reports(prefix, account.name);

const subscribe = (world: DeliveryWorld): Promise<unknown> =>
  world.redis.xgroup('CREATE', streamOf(world), 'test', '0', 'MKSTREAM');

async function eventsOf(world: DeliveryWorld) {
  const entries = await world.redis.xrange(streamOf(world), '-', '+');
  return entries.map(([, [field, text = '']]) => {
    expect(field).toBe(eventField);
    return parseEventEntry(text);
  });
}

async function endedOf(world: DeliveryWorld, id: string) {
  const place = { prefix: world.prefix, account: world.account.name };
  const text = await world.redis.hget(endedKey(place, id, dayOf(Date.now())), id);
  return text === null ? undefined : parseEnded(text);
}

describe('the end of a message', () => {
  it('is told, kept and asked about with one step', async () => {
    await using world = await createDelivery();
    await subscribe(world);
    await world.startWorker();
    const { id } = await world.send({ idempotencyKey: 'order 17', meta: { order: 17 } });
    const { groupId } = await world.end(id);
    const notes = { keys: ['order 17'], meta: [{ order: 17 }] };
    expect(await eventsOf(world)).toMatchObject([
      { type: 'message.accepted', job: id, n: 1, groupId, ...notes },
    ]);
    expect(await endedOf(world, id)).toMatchObject({ end: 'accepted', groupId, attempts: 1, notes });
    const [member = '', dueAt] = await world.redis.zrange(reportsOf(world), '0', '-1', 'WITHSCORES');
    const waiting = parseWaiting(member);
    expect(waiting).toMatchObject({ job: id, kind: 'accepted', groupId });
    expect(Number(dueAt)).toBe((waiting?.endedAt ?? 0) + world.account.reportFirstMs);
  });

  // What the run had seen before the request stood beside the write, which was then left out, and the job completed.
  it('is recorded, whatever is written beside its job while the request is under way', async () => {
    await using world = await createDelivery();
    await subscribe(world);
    world.simulator.faults.add({ kind: 'slow-body', durationMs: 1_000, times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    await waitFor(() => world.simulator.stats().requests === 1 && { done: true }, { what: 'the request' });
    await world.redis.hset(keys.record(world.prefix, world.queue.name, id), 'lost', '[7]');
    await world.end(id);
    expect(await eventsOf(world)).toMatchObject([{ type: 'message.accepted', job: id }]);
    expect(await endedOf(world, id)).toMatchObject({ end: 'accepted' });
  });

  it('is told to nobody where nobody has subscribed', async () => {
    await using world = await createDelivery();
    await world.startWorker();
    await world.end((await world.send()).id);
    expect(await world.redis.exists(streamOf(world))).toBe(0);
  });

  it('is told once for each joined send, whatever became of the others', async () => {
    await using world = await createDelivery({ account: { batchSize: 10 } });
    await subscribe(world);
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: numberAt(1) } });
    const ids = await world.sendTogether(4);
    await world.startWorker();
    await Promise.all(ids.map((id) => world.end(id)));
    const told = (await eventsOf(world)).map(
      (event) => event && 'job' in event && `${event.job} ${event.type}`,
    );
    expect(told.toSorted()).toEqual(
      ids.map((id, n) => `${id} message.${n === 1 ? 'dead' : 'accepted'}`).toSorted(),
    );
    expect(await endedOf(world, ids[1] ?? '')).toMatchObject({ end: 'dead', code: '31' });
  });

  it('of a job that nobody can read is told as that of one', async () => {
    await using world = await createDelivery();
    await subscribe(world);
    await world.enqueue('x', { v: 1, lane: 'transactional' });
    await world.startWorker();
    await world.end('x');
    expect(await eventsOf(world)).toMatchObject([{ type: 'message.dead', job: 'x', reason: 'invalid' }]);
  });

  it('comes, though something else lies where it should be told and kept', async () => {
    await using world = await createDelivery();
    const { redis } = world;
    await redis.set(streamOf(world), 'no stream');
    await redis.set(reportsOf(world), 'no set');
    await world.startWorker();
    expect(await world.end((await world.send()).id)).toMatchObject({ state: 'completed' });
  });

  it('is told again by another name where a late reply changes it', async () => {
    await using world = await createDelivery({ account: { surface: 'web-service' } });
    await subscribe(world);
    const records = recordsAt(world.redis, { prefix: world.prefix, account: world.account.name });
    const job = sendJob({ account: world.account.name });
    const at = Date.now();
    const dead: Journal = { ...emptyJournal, settled: { end: 'dead', at, reason: 'uncertain' } };
    const accepted: Journal = { ...emptyJournal, settled: { end: 'accepted', at, late: true } };
    const write = { id: 'm1', job, run: 1, journal: dead, isMarked: false };
    expect(await records.write([write])).toEqual(['written']);
    // Written again by a worker that repeats the step: the end has been told.
    expect(await records.write([write])).toEqual(['written']);
    expect(await records.replace('m1', JSON.stringify(dead), { job, before: dead, after: accepted })).toBe(
      true,
    );
    expect(await eventsOf(world)).toMatchObject([
      { type: 'message.uncertain' },
      { type: 'message.accepted', late: true },
    ]);
    expect(await endedOf(world, 'm1')).toMatchObject({ end: 'accepted' });
  });

  it('is kept in at most as many entries as the settings say, about', async () => {
    await using world = await createDelivery();
    await subscribe(world);
    const place = { prefix: world.prefix, account: world.account.name };
    const records = recordsAt(world.redis, place, { maxEvents: 100 });
    const job = sendJob({ account: world.account.name });
    const journal: Journal = { ...emptyJournal, settled: { end: 'accepted', at: Date.now() } };
    const writes = Array.from({ length: 1_000 }, (_, n) => ({
      id: `m${n}`,
      job,
      run: 1,
      journal,
      isMarked: false,
    }));
    await records.write(writes);
    expect(await world.redis.xlen(streamOf(world))).toBeLessThanOrEqual(200);
  });
});

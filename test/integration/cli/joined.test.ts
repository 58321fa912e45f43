import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { waitFor } from '../../support/wait-for.ts';
import { captureCli } from '../../unit/cli/capture.ts';

/** The commands' account is called `default`, as everything that has no configuration file. */
const asDefault = { account: { name: 'default' } } as const;
const bad = numberAt(5);

async function cli({ settings, prefix }: DeliveryWorld, ...args: readonly string[]) {
  const env = { JETSMS_REDIS_URL: settings.redisUrl, JETSMS_PREFIX: prefix, JETSMS_TITLE: 'ACME' };
  const { exitCode, out, err } = await captureCli(args, { env });
  return { exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}

async function show(world: DeliveryWorld, id: string) {
  const { exitCode, stdout } = await cli(world, 'dead', 'show', id, '--json');
  return { exitCode, ...(exitCode === 0 ? JSON.parse(stdout) : {}) };
}

/** Eight sends at once: the first has a job of its own, the others share one. */
async function sendEight(world: DeliveryWorld): Promise<readonly string[]> {
  const ids = await world.sendTogether(8);
  const job = ids[1]?.replace(/\.0$/, '');
  expect(ids.slice(1)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `${job}.${index}`));
  return ids;
}

/** Numbers, one a line, as a file that `send` reads. */
async function csvFile(numbers: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-joined-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'numbers.csv');
  await writeFile(file, ['telefon', ...numbers.map((number) => `+${number}`)].join('\n'));
  return file;
}

describe('jetsms dead show, of a message that shares its job', () => {
  it('says that it waits, with its own number and text alone', async () => {
    await using world = await createDelivery(asDefault);
    const ids = await sendEight(world);
    for (const id of ids) expect(await show(world, id)).toMatchObject({ exitCode: 0, id, state: 'waiting' });
    const { stdout } = await cli(world, 'dead', 'show', ids[4] ?? '', '--reveal');
    expect(stdout).toContain(numberAt(4));
    expect(stdout).not.toContain(numberAt(5));
  });

  it('says that it was accepted, where all of them were', async () => {
    await using world = await createDelivery(asDefault);
    const ids = await sendEight(world);
    await world.startWorker();
    for (const id of ids) await world.end(id);
    for (const id of ids) expect(await show(world, id)).toMatchObject({ exitCode: 0, id, state: 'accepted' });
    expect((await show(world, ids[4] ?? '')).groupId).toMatch(/^\d+$/);
  });

  it('says that a request may be under way, until its outcome is known', async () => {
    await using world = await createDelivery(asDefault);
    const [id = ''] = await sendEight(world);
    expect((await cli(world, 'dead', 'show', id)).stdout).toContain('No request was made.');
    world.simulator.faults.add({ kind: 'accept-then-hang' });
    await world.startWorker();
    await waitFor(() => world.simulator.stats().acceptedMessages > 0);
    const { stdout } = await cli(world, 'dead', 'show', id);
    expect(stdout).toContain('A request may be under way');
    expect(stdout).not.toContain('No request was made.');
  });

  it('says for each what became of it, where they went different ways', async () => {
    await using world = await createDelivery(asDefault);
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: bad } });
    const ids = await sendEight(world);
    await world.startWorker();
    await waitFor(() => world.simulator.stats().acceptedMessages === 7);
    await waitFor(async () => (await world.letters()).length === 1);
    await waitFor(async () => (await world.queue.getJobCountByTypes('waiting', 'active', 'delayed')) === 0);
    for (const [n, id] of ids.entries()) {
      const state = n === 5 ? 'dead-letter' : 'accepted';
      expect(await show(world, id)).toMatchObject({ exitCode: 0, id, state });
    }
    expect((await show(world, ids[3] ?? '')).groupId).toMatch(/^\d+$/);
    expect(await show(world, ids[5] ?? '')).toMatchObject({ death: { reason: 'terminal', code: '31' } });
    const { stdout } = await cli(world, 'dead', 'show', ids[5] ?? '', '--reveal');
    expect(stdout).toContain(bad);
    expect(stdout).not.toContain(numberAt(4));
  });

  it('says that it was a duplicate, and sends it no more than that', async () => {
    await using world = await createDelivery(asDefault);
    await world.send({ to: `+${numberAt(99)}`, idempotencyKey: 'warm' });
    const keyed = (n: number) => world.send({ to: `+${numberAt(n)}`, idempotencyKey: `order ${n}` });
    const receipts = await Promise.all([0, 1, 2, 3, 3, 4].map(keyed));
    expect(receipts[4]).toEqual({ ...receipts[3], duplicate: true });
    const lost = receipts[3]?.id.replace(/\.2$/, '.3') ?? '';
    expect(receipts[3]?.id).toMatch(/\.2$/);
    expect(await show(world, lost)).toMatchObject({ exitCode: 0, id: lost, state: 'duplicate' });
    const worker = await world.startWorker();
    await waitFor(() => world.simulator.stats().acceptedMessages === 6);
    await waitFor(async () => (await world.queue.getJobCountByTypes('waiting', 'active')) === 0);
    // When it closes it has forgotten what need not be known any more.
    await worker.close();
    expect(await show(world, lost)).toMatchObject({ exitCode: 0, id: lost, state: 'duplicate' });
    for (const { id } of receipts) expect(await show(world, id)).toMatchObject({ state: 'accepted' });
    expect(world.simulator.accepted.filter(({ to }) => to === numberAt(3))).toHaveLength(1);
  });

  it('knows nothing of a place that the job does not have', async () => {
    await using world = await createDelivery(asDefault);
    const ids = await sendEight(world);
    const job = ids[1]?.replace(/\.0$/, '') ?? '';
    for (const id of [`${job}.7`, `${job}.00007`, `${job}.-1`, `${job}.0.0`, `${ids[0]}.0`])
      expect((await show(world, id)).exitCode).toBe(2);
  });
});

describe('jetsms send --wait', () => {
  const outcomes = (stdout: string) => JSON.parse(stdout).outcomes;

  it('waits for messages that share a job, and counts each by its own end', async () => {
    await using world = await createDelivery(asDefault);
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: bad } });
    const numbers = Array.from({ length: 40 }, (_, n) => numberAt(n));
    const args = ['send', '--csv', await csvFile([...numbers, numberAt(7)]), '--text', 'Merhaba', '--wait'];
    const sent = cli(world, ...args, '--json');
    const jobs = await waitFor(async () => {
      const stored = await world.queue.getJobs(['waiting']);
      return new Set(stored.flatMap(({ data }) => data.to)).size === 40 && stored;
    });
    await world.startWorker();
    const { exitCode, stdout } = await sent;
    // Else this test would show nothing.
    expect(jobs.some(({ data }) => data.joined)).toBe(true);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ enqueued: 40, repeated: 1, refused: 0 });
    expect(outcomes(stdout)).toEqual([
      expect.objectContaining({ end: 'accepted', count: 39 }),
      expect.objectContaining({ end: 'dead', reason: 'terminal', code: '31', count: 1 }),
    ]);
    expect(world.simulator.stats().acceptedMessages).toBe(39);

    const again = await cli(world, ...args, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ enqueued: 0, before: 40, repeated: 1 });
    expect(outcomes(again.stdout)).toEqual(outcomes(stdout));
    expect(world.simulator.stats().acceptedMessages).toBe(39);
  });
});

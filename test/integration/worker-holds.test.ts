import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { holdAccount, resumeAccount } from '../../src/worker/hold-operations.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { waitFor } from '../support/wait-for.ts';

const place = ({ prefix, account }: DeliveryWorld) => ({ prefix, account: account.name });
const hold = (world: DeliveryWorld) =>
  holdAccount(world.redis, { ...place(world), by: 'ayse', note: 'audit' });
const resume = (world: DeliveryWorld) =>
  resumeAccount(world.redis, { ...place(world), policy: world.account });

const requests = ({ simulator }: DeliveryWorld): number => simulator.stats().requests;
const waiting = ({ queue }: DeliveryWorld): Promise<number> => queue.getJobCountByTypes('prioritized');

/** Every message was accepted, once. */
function expectEachOnce({ simulator }: DeliveryWorld, messages: number): void {
  expect(simulator.counts().size).toBe(messages);
  expect([...simulator.counts().values()].every((times) => times === 1)).toBe(true);
}

/** Looks for a while whether something stays as it is. */
async function stays(what: () => unknown, forMs: number): Promise<void> {
  const before = JSON.stringify(await what());
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    expect(JSON.stringify(await what())).toBe(before);
    await pause(20);
  }
}

describe('without credit', () => {
  it('500 messages wait: one request per probe, no attempt used, no dead letter; then they leave, paced, OTP first', async () => {
    const probeIntervalMs = 300;
    await using world = await createDelivery({
      account: { probeIntervalMs, resumeRatePerSecond: 200 },
      provider: { credit: 20 },
    });
    const ids = await world.sendMany(500, { lane: 'bulk' });
    await world.startWorker();
    await world.held({ reason: 'no-credit', mode: 'probing', code: '11', by: 'worker w1' });
    expect(world.simulator.accepted).toHaveLength(20);

    const refused = (): number => world.simulator.stats().refusedByCode['11'] ?? 0;
    const first = refused();
    // Those under way when the credit ran out, and what was taken before the gates stood.
    expect(first).toBeLessThanOrEqual(2 * world.account.connections);
    const began = performance.now();
    await waitFor(() => refused() >= first + 3);
    // The worker counts in whole milliseconds, this clock does not: an interval may look a millisecond shorter.
    expect(performance.now() - began).toBeGreaterThan(2 * (probeIntervalMs - 1));
    expect(refused()).toBe(first + 3);

    const otps = ['5000', '5001', '5002'].map((n) => numberAt(Number(n)));
    for (const to of otps) await world.send({ to: `+${to}`, lane: 'otp' });
    world.simulator.topUp('acme', 1_000);
    await world.held({ reason: 'no-credit', mode: 'resuming' });
    const resumedAt = Date.now();
    await world.simulator.waitForAccepted(503, 10_000);
    expect(world.simulator.accepted.slice(20, 23).map(({ to }) => to)).toEqual(otps);
    const inFirstSecond = world.simulator.accepted.slice(20).filter(({ at }) => at < resumedAt + 950);
    expect(inFirstSecond.length).toBeLessThanOrEqual(2 * 200 + 3);

    expectEachOnce(world, 503);
    expect(await world.letters()).toEqual([]);
    for (const id of ids.slice(0, 50)) {
      const ended = await world.end(id);
      expect(ended.journal.attempts).toBe(1);
    }
  });

  it('the hold is known to every worker, and outlives them all', async () => {
    const probeIntervalMs = 400;
    await using world = await createDelivery({ account: { probeIntervalMs }, provider: { credit: 0 } });
    const first = await world.startWorker();
    const second = await world.startWorker();
    await world.sendMany(20);
    const { hold: present } = await world.held({ reason: 'no-credit', mode: 'probing' });
    const seenBy = (worker: typeof first) => worker.accounts[0]?.holds.current();
    await waitFor(() => seenBy(first)?.since === present?.since && seenBy(second)?.since === present?.since);
    // What the other worker had in hand when the hold began.
    await waitFor(async () => (await world.queue.getActiveCount()) === 0);
    const before = requests(world);
    const began = performance.now();
    await waitFor(() => requests(world) >= before + 3);
    expect(performance.now() - began).toBeGreaterThan(2 * probeIntervalMs - 50);

    await Promise.all([first.close(), second.close()]);
    expect(await waiting(world)).toBe(20);
    const third = await world.startWorker();
    expect(seenBy(third)).toMatchObject({ reason: 'no-credit', since: present?.since });
    world.simulator.topUp('acme', 100);
    await world.simulator.waitForAccepted(20, 5_000);
    expectEachOnce(world, 20);
  });

  it('a canary that is refused for its own sake does not end the hold, and the next goes at once', async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 1_000, connections: 1, concurrency: 1 },
      provider: { credit: 0 },
    });
    await world.startWorker();
    await world.sendMany(1);
    await world.held({ reason: 'no-credit', mode: 'probing' });
    await world.send({ lane: 'otp', title: 'YOK', to: `+${numberAt(1)}` });
    await waitFor(() => world.simulator.stats().refusedByCode['12'] === 1);
    const began = performance.now();
    await waitFor(() => (world.simulator.stats().refusedByCode['11'] ?? 0) >= 2);
    expect(performance.now() - began).toBeLessThan(800);
    await world.held({ reason: 'no-credit', mode: 'probing' });
  });

  it('a canary that could not be sent has used no attempt, and the hold stays what it was', async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 200, unreachableAfter: 100, connections: 1, concurrency: 1 },
      provider: { credit: 0 },
    });
    await world.startWorker();
    const { id } = await world.send();
    await world.held({ reason: 'no-credit', mode: 'probing' });
    world.simulator.faults.add({ kind: 'status', status: 503 });
    await waitFor(() => (world.simulator.stats().faultsInjected['status'] ?? 0) >= 9, { limitMs: 8_000 });
    expect((await world.holdStore.read()).hold).toMatchObject({ reason: 'no-credit', mode: 'probing' });
    world.simulator.faults.clear();
    world.simulator.topUp('acme', 1);
    expect((await world.end(id)).journal.attempts).toBe(1);
  });
});

describe("the account's fault", () => {
  it('holds after five in a row; a resume lets one canary out first; a refused canary holds anew', async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 10_000, connections: 1, concurrency: 4, resumeRatePerSecond: 1_000 },
    });
    world.simulator.accounts.update('acme', { password: 'changed' });
    await world.sendMany(40);
    await world.startWorker();
    const { hold: first } = await world.held({ reason: 'account-fault', mode: 'stopped', code: '10' });
    await waitFor(async () => (await waiting(world)) === 35);
    expect(await world.letters()).toHaveLength(5);
    await stays(() => requests(world), 200);
    expect(requests(world)).toBe(5);

    expect(await resume(world)).toMatchObject({ reason: 'account-fault', mode: 'stopped' });
    const { hold: second } = await world.held({ reason: 'account-fault', mode: 'stopped' });
    expect(second?.since).toBe(first?.since);
    expect(second?.modeSince).toBeGreaterThan(first?.modeSince ?? 0);
    await stays(() => requests(world), 200);
    expect(requests(world)).toBe(6);

    world.simulator.accounts.update('acme', { password: 'correct horse' });
    world.simulator.setLatency({ minMs: 150, maxMs: 150 });
    await resume(world);
    await waitFor(() => requests(world) >= 7);
    await stays(() => requests(world), 100);
    world.simulator.setLatency({ minMs: 0, maxMs: 0 });
    // Well before the interval of another canary is over.
    await world.simulator.waitForAccepted(34, 5_000);
    expect(await world.letters()).toHaveLength(6);
    expectEachOnce(world, 34);
  });

  it('is not held anew by a refusal of what was asked before somebody resumed', async () => {
    await using world = await createDelivery({
      account: { connections: 2, connectionsForOtp: 0, concurrency: 2, batchSize: 1, accountFaultLimit: 1 },
    });
    world.simulator.accounts.update('acme', { password: 'changed' });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 1_000, times: 1 });
    await world.sendMany(2);
    await world.startWorker();
    await world.held({ reason: 'account-fault', mode: 'stopped' });
    world.simulator.accounts.update('acme', { password: 'correct horse' });
    await resume(world);
    await waitFor(async () => (await world.letters()).length === 2);
    await world.sendMany(5);
    await world.simulator.waitForAccepted(5, 5_000);
    expect((await world.holdStore.read()).hold?.mode).not.toBe('stopped');
  });

  it('burns one message, a few at most, when somebody resumes on the dashboard too early', async () => {
    await using world = await createDelivery({ account: { connections: 4, accountFaultLimit: 3 } });
    world.simulator.accounts.update('acme', { open: false });
    await world.sendMany(60);
    await world.startWorker();
    const { hold: first } = await world.held({ reason: 'account-fault', mode: 'stopped', code: '77' });
    await waitFor(async () => (await world.queue.getActiveCount()) === 0);
    const burnt = (await world.letters()).length;
    expect(burnt).toBeLessThanOrEqual(3 + 4);
    await world.queue.resume();
    await waitFor(
      async () => ((await world.holdStore.read()).hold?.modeSince ?? 0) > (first?.modeSince ?? 0),
    );
    await world.held({ reason: 'account-fault', mode: 'stopped' });
    await waitFor(async () => (await world.queue.getActiveCount()) === 0);
    // What is taken before the worker has seen the resume is turned away, up to the moment in which the gates close.
    expect((await world.letters()).length - burnt).toBeLessThanOrEqual(world.account.connections);
  });

  it('is not there when an acceptance came in between', async () => {
    await using world = await createDelivery({
      account: { accountFaultLimit: 3, connections: 1, concurrency: 1, probeIntervalMs: 10_000 },
    });
    const refuse = (...numbers: number[]) => {
      for (const n of numbers)
        world.simulator.faults.add({ kind: 'reply', code: '77', match: { to: numberAt(n) } });
    };
    refuse(0, 1, 3, 4);
    await world.sendMany(6);
    await world.startWorker();
    await world.simulator.waitForAccepted(2, 5_000);
    await waitFor(async () => (await world.letters()).length === 4);
    expect((await world.holdStore.read()).hold).toBeUndefined();
  });

  it.each([
    ['an address that is not there', { status: 404 }, 'http-404'],
    ['a proxy that wants a login', { status: 407 }, 'http-407'],
  ] as const)('is also %s', async (_, { status }, code) => {
    await using world = await createDelivery({ account: { accountFaultLimit: 2, connections: 1 } });
    world.simulator.faults.add({ kind: 'status', status });
    await world.sendMany(5);
    await world.startWorker();
    await world.held({ reason: 'account-fault', mode: 'stopped', code });
    await waitFor(async () => (await waiting(world)) === 3);
  });

  it('holds never where the limit is 0', async () => {
    await using world = await createDelivery({
      account: { accountFaultLimit: 0 },
      provider: { open: false },
    });
    const ids = await world.sendMany(12);
    await world.startWorker();
    for (const id of ids) expect((await world.end(id)).letter).toMatchObject({ code: '77' });
    expect((await world.holdStore.read()).hold).toBeUndefined();
  });
});

describe('an endpoint that does not answer', () => {
  it('is held as unreachable and probed; no attempt is used meanwhile; it resumes by itself', async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 300, unreachableAfter: 3, resumeRatePerSecond: 1_000 },
    });
    const port = Number(new URL(world.simulator.url).port);
    await world.simulator.close();
    const ids = await world.sendMany(100);
    await world.startWorker();
    await world.held({ reason: 'unreachable', mode: 'probing', code: 'circuit-open' });
    const tried = (): number => world.telemetry.requests.length;
    const before = tried();
    const began = performance.now();
    await waitFor(() => tried() >= before + 3);
    expect(performance.now() - began).toBeGreaterThan(500);
    expect(await world.letters()).toEqual([]);

    await world.simulator.listen({ port });
    await world.simulator.waitForAccepted(100, 8_000);
    expectEachOnce(world, 100);
    const ends = await Promise.all(ids.map((id) => world.end(id)));
    const used = ends.reduce((sum, { journal }) => sum + journal.attempts, 0);
    // Each message's own attempt, and those that opened the breaker.
    expect(used).toBeLessThanOrEqual(100 + 3 + world.account.connections);
  });

  it('is trusted by every worker as soon as one has seen it answer', async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 300, unreachableAfter: 2, resumeRatePerSecond: 1_000 },
    });
    const port = Number(new URL(world.simulator.url).port);
    await world.simulator.close();
    await world.sendMany(60);
    const workers = [await world.startWorker(), await world.startWorker()];
    await world.held({ reason: 'unreachable', mode: 'probing' });
    await world.simulator.listen({ port });
    await world.simulator.waitForAccepted(60, 8_000);
    const seen = () => workers.map((worker) => worker.accounts[0]?.holds.current()?.mode ?? 'none');
    await waitFor(() => seen().every((mode) => mode !== 'probing'));
    expectEachOnce(world, 60);
  });
});

describe('an operator', () => {
  it('holds the account: what is under way ends, nothing new leaves; and resumes it at full pace', async () => {
    await using world = await createDelivery({ account: { connections: 2 } });
    world.simulator.setLatency({ minMs: 100, maxMs: 100 });
    await world.startWorker();
    await world.sendMany(20);
    await waitFor(() => requests(world) >= 2);
    await hold(world);
    await world.held({ reason: 'operator', mode: 'stopped', by: 'operator ayse', note: 'audit' });
    await waitFor(async () => (await world.queue.getActiveCount()) === 0);
    const left = requests(world);
    expect(left).toBeLessThan(20);
    expect(world.simulator.accepted).toHaveLength(left);
    await stays(() => requests(world), 250);
    expect(await waiting(world)).toBe(20 - left);

    world.simulator.setLatency({ minMs: 0, maxMs: 0 });
    await resume(world);
    await world.simulator.waitForAccepted(20, 3_000);
    expectEachOnce(world, 20);
    expect((await world.holdStore.read()).hold).toBeUndefined();
  });

  it("outweighs the product's own holds, and is outweighed by none", async () => {
    await using world = await createDelivery({ account: { probeIntervalMs: 200 }, provider: { credit: 0 } });
    await world.startWorker();
    await world.sendMany(3);
    await world.held({ reason: 'no-credit' });
    await hold(world);
    await stays(async () => (await world.holdStore.read()).hold?.reason, 500);
    expect((await world.holdStore.read()).hold).toMatchObject({ reason: 'operator' });
    world.simulator.topUp('acme', 10);
    await resume(world);
    await world.simulator.waitForAccepted(3, 3_000);
  });

  it('may pause and resume on the dashboard: it is respected, shown as such, and survives a restart', async () => {
    await using world = await createDelivery();
    await world.queue.pause();
    const worker = await world.startWorker();
    await world.sendMany(3);
    expect(worker.accounts[0]?.holds.current()).toMatchObject({ reason: 'operator', by: 'dashboard' });
    await worker.close();
    await world.startWorker();
    await stays(() => requests(world), 300);
    expect((await world.holdStore.read()).paused).toBe(true);
    await world.queue.resume();
    await world.simulator.waitForAccepted(3, 3_000);
  });

  it('may resume on the dashboard what was held by command', async () => {
    await using world = await createDelivery();
    await hold(world);
    await world.startWorker();
    await world.sendMany(3);
    await world.queue.resume();
    await world.simulator.waitForAccepted(3, 3_000);
    await world.held(undefined);
  });

  it('pauses on the dashboard while the account resumes: the rising pace does not lift the pause', async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 200, resumeRatePerSecond: 5, connections: 1, concurrency: 1 },
      provider: { credit: 0 },
    });
    await world.startWorker();
    await world.sendMany(60);
    await world.held({ reason: 'no-credit', mode: 'probing' });
    world.simulator.topUp('acme', 1_000);
    await world.held({ mode: 'resuming' });
    await world.queue.pause();
    await waitFor(async () => (await world.queue.getActiveCount()) === 0);
    const left = world.simulator.accepted.length;
    await stays(() => world.simulator.accepted.length, 1_500);
    expect(left).toBeLessThan(60);
    expect((await world.holdStore.read()).paused).toBe(true);
  });
});

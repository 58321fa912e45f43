import { describe, expect, it } from 'vitest';
import { holdAccount, resumeAccount } from '../../src/operator/hold-operations.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { httpReply, rawServer } from '../support/raw-server.ts';
import { stays, waitFor } from '../support/wait-for.ts';

const place = ({ prefix, account }: DeliveryWorld) => ({ prefix, account: account.name });
const hold = (world: DeliveryWorld) =>
  holdAccount(world.redis, { ...place(world), by: 'ayse', note: 'audit' });
const resume = (world: DeliveryWorld) => resumeAccount(world.redis, place(world));

const requests = ({ simulator }: DeliveryWorld): number => simulator.stats().requests;
/** A canary that was refused steps aside for a while. */
const waiting = ({ queue }: DeliveryWorld): Promise<number> => queue.getJobCountByTypes('waiting', 'delayed');

/** At such a pace resuming is over at once: of the states that were seen, it is the last. */
const hasResumed = ({ telemetry }: DeliveryWorld): boolean =>
  telemetry.holds.findLast((hold) => hold !== undefined)?.mode === 'resuming';

/** Every message was accepted, once. */
function expectEachOnce({ simulator }: DeliveryWorld, messages: number): void {
  expect(simulator.counts().size).toBe(messages);
  expect([...simulator.counts().values()].every((times) => times === 1)).toBe(true);
}

describe('without credit', () => {
  it('500 messages wait: one request per probe, no attempt used, no dead letter; then they leave, paced, OTP first', async () => {
    const probeIntervalMs = 300;
    await using world = await createDelivery({
      account: { probeIntervalMs, maxProbeIntervalMs: probeIntervalMs, resumeRatePerSecond: 200 },
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
    // So that none of them is a canary before there is credit.
    await world.queueOf('otp').pause();
    for (const to of otps) await world.send({ to: `+${to}`, lane: 'otp' });
    await world.queueOf('otp').resume();
    world.simulator.topUp('acme', 1_000);
    await world.held({ reason: 'no-credit', mode: 'resuming' });
    const resumedAt = Date.now();
    await world.simulator.waitForAccepted(503, 10_000);
    // Two requests leave at a time, so their order is open.
    expect(new Set(world.simulator.accepted.slice(20, 23).map(({ to }) => to))).toEqual(new Set(otps));
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
    await using world = await createDelivery({
      account: { probeIntervalMs, maxProbeIntervalMs: probeIntervalMs },
      provider: { credit: 0 },
    });
    const first = await world.startWorker();
    const second = await world.startWorker();
    await world.sendMany(20);
    const present = await world.held({ reason: 'no-credit', mode: 'probing' });
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
      account: {
        probeIntervalMs: 200,
        maxProbeIntervalMs: 200,
        unreachableAfter: 100,
        connections: 1,
        concurrency: 1,
      },
      provider: { credit: 0 },
    });
    await world.startWorker();
    const { id } = await world.send();
    await world.held({ reason: 'no-credit', mode: 'probing' });
    world.simulator.faults.add({ kind: 'status', status: 503 });
    await waitFor(() => (world.simulator.stats().faultsInjected['status'] ?? 0) >= 9, { limitMs: 8_000 });
    expect(await world.hold()).toMatchObject({ reason: 'no-credit', mode: 'probing' });
    world.simulator.faults.clear();
    world.simulator.topUp('acme', 1);
    expect((await world.end(id)).journal.attempts).toBe(1);
  });
});

/** An account that is probed by canaries alone, and soon. */
const soon = { probeIntervalMs: 300, maxProbeIntervalMs: 300, resumeRatePerSecond: 20_000 };

describe("the account's fault", () => {
  it('in a campaign, with three workers at full speed, costs one message; the others are sent once it is mended', async () => {
    await using world = await createDelivery({
      account: { ...soon, connections: 4, concurrency: 20, batchSize: 40 },
    });
    world.simulator.accounts.update('acme', { password: 'changed' });
    const numbers = Array.from({ length: 3_000 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(numbers, { campaign: 'sale', text: 'Merhaba' });
    await Promise.all([world.startWorker(), world.startWorker(), world.startWorker()]);
    await world.held({ reason: 'account-fault', mode: 'probing', code: '10' });
    // Some canaries are refused meanwhile.
    const first = requests(world);
    await waitFor(() => requests(world) >= first + 3);
    const letters = await world.letters();
    expect(letters.map(({ data }) => [data.reason, data.code])).toEqual([['terminal', '10']]);

    world.simulator.accounts.update('acme', { password: 'correct horse' });
    await world.simulator.waitForAccepted(2_999, 20_000);
    expect(await world.letters()).toHaveLength(1);
    expectEachOnce(world, 2_999);
    expect(await world.producer.campaign('sale')).toMatchObject({ accepted: 2_999, dead: { '10': 1 } });
  });

  it('in single sends costs one message, and no attempt of the others', async () => {
    await using world = await createDelivery({
      account: { ...soon, connections: 4, concurrency: 50, batchSize: 10, batchWaitMs: 5 },
    });
    world.simulator.accounts.update('acme', { open: false });
    const ids = await world.sendMany(1_200);
    await Promise.all([world.startWorker(), world.startWorker(), world.startWorker()]);
    const hold = await world.held({ reason: 'account-fault', code: '77' });
    const first = requests(world);
    await waitFor(() => requests(world) >= first + 3);
    const [letter, ...others] = await world.letters();
    expect(others).toEqual([]);
    expect(hold?.witness).toBe(letter?.id);

    world.simulator.accounts.update('acme', { open: true });
    await world.simulator.waitForAccepted(1_199, 20_000);
    expectEachOnce(world, 1_199);
    const sampled = await Promise.all(
      ids
        .filter((id) => id !== letter?.id)
        .slice(0, 100)
        .map((id) => world.end(id)),
    );
    expect(sampled.every(({ journal }) => journal.attempts === 1)).toBe(true);
  });

  it('costs nothing more when somebody resumes while it still stands', async () => {
    await using world = await createDelivery({
      account: {
        ...soon,
        probeIntervalMs: 3_600_000,
        maxProbeIntervalMs: 3_600_000,
        connections: 4,
        concurrency: 50,
      },
    });
    world.simulator.accounts.update('acme', { password: 'changed' });
    await world.sendMany(100);
    await world.startWorker();
    await world.held({ reason: 'account-fault' });
    await waitFor(async () => (await world.queue.getActiveCount()) === 0);
    for (let n = 1; n <= 3; n += 1) {
      const before = requests(world);
      expect(await resume(world)).toMatchObject({ before: { reason: 'account-fault', mode: 'probing' } });
      await waitFor(() => requests(world) === before + 1);
      await stays(() => requests(world), 300);
      expect(await world.letters()).toHaveLength(1);
    }
    world.simulator.accounts.update('acme', { password: 'correct horse' });
    await resume(world);
    await world.simulator.waitForAccepted(99, 10_000);
    expect(await world.letters()).toHaveLength(1);
  });

  it.each([
    ['an address that JetSMS does not allow, which its list does not know', '28 unauthorized ip', '28'],
    ['an empty password, which its list does not know', '03 Password must be fill', '03'],
  ])('is also %s', async (_, body, code) => {
    await using world = await createDelivery({ account: { ...soon, connections: 4, concurrency: 50 } });
    world.simulator.faults.add({ kind: 'raw-reply', body });
    await world.sendMany(200);
    await world.startWorker();
    await world.held({ reason: 'account-fault', code });
    const first = requests(world);
    await waitFor(() => requests(world) >= first + 2);
    expect((await world.letters()).map(({ data }) => data.code)).toEqual([code]);
    world.simulator.faults.clear();
    await world.simulator.waitForAccepted(199, 10_000);
    expectEachOnce(world, 199);
  });

  it('is asked about where JetSMS can be asked: no message tries before the login works, and an idle account is lifted', async () => {
    await using world = await createDelivery({
      account: { ...soon, creditIntervalMs: 3_600_000, resumeRatePerSecond: 50 },
    });
    world.simulator.accounts.update('acme', { password: 'changed' });
    await world.startWorker();
    await world.send();
    await world.held({ reason: 'account-fault' });
    const sent = world.telemetry.requests.length;
    await waitFor(async () => ((await world.hold())?.probes ?? 0) >= 3);
    expect(world.telemetry.requests).toHaveLength(sent);
    // The only message was the witness: nothing waits.
    world.simulator.accounts.update('acme', { password: 'correct horse' });
    await world.held({ reason: 'account-fault', mode: 'resuming' });
    expect(world.telemetry.requests).toHaveLength(sent);
  });

  it('costs one message although the question says yes each time: an account that may ask, but not send', async () => {
    await using world = await createDelivery({ account: { ...soon, creditIntervalMs: 3_600_000 } });
    world.simulator.accounts.update('acme', { open: false });
    await world.startWorker();
    await world.send();
    await waitFor(() => hasResumed(world), { what: 'the end of the hold' });
    const { id } = await world.send({ to: `+${numberAt(1)}` });
    await world.held({ reason: 'account-fault', mode: 'probing' });
    const first = requests(world);
    await waitFor(() => requests(world) >= first + 2);
    expect(await world.letters()).toHaveLength(1);

    world.simulator.accounts.update('acme', { open: true });
    expect((await world.end(id)).state).toBe('completed');
    await waitFor(() => hasResumed(world), { what: 'the end of the hold' });
    // Messages were taken in between: this is another incident.
    world.simulator.accounts.update('acme', { open: false });
    await world.send({ to: `+${numberAt(2)}` });
    await waitFor(async () => (await world.letters()).length === 2);
  });

  it('that comes and goes costs one message each time, also where the same messages meet it', async () => {
    const refusals = new Set([1, 2, 3, 4, 6, 7, 8, 9]);
    await using server = await rawServer((socket, nth) =>
      socket.write(httpReply(200, refusals.has(nth) ? '28 unauthorized ip' : '00 130228114512')),
    );
    await using world = await createDelivery({
      account: { ...soon, url: server.url, connections: 4, concurrency: 4 },
    });
    const ids = await world.sendMany(20);
    await world.startWorker();
    await Promise.all(ids.map((id) => world.end(id, { limitMs: 20_000 })));
    expect((await world.letters()).map(({ data }) => data.code)).toEqual(['28', '28']);
  });

  it('is tried with a message all the same where the question always says no', async () => {
    await using world = await createDelivery({ account: { ...soon, creditIntervalMs: 3_600_000 } });
    const noQuestions = { on: 'account-query' } as const;
    world.simulator.faults.add({ kind: 'raw-reply', body: '77 non authentication', match: noQuestions });
    world.simulator.faults.add({ kind: 'reply', code: '77', times: 1 });
    await world.startWorker();
    await world.send();
    await world.held({ reason: 'account-fault', mode: 'probing' });
    await world.send({ to: `+${numberAt(1)}` });
    await world.simulator.waitForAccepted(1, 20_000);
    await waitFor(() => hasResumed(world), { what: 'the end of the hold' });
  });
});

describe('an endpoint that refuses in HTTP', () => {
  it.each([
    ['sends elsewhere', 302],
    ['is not there', 404],
    ['forbids', 403],
    ['wants a login of a proxy', 407],
  ])(
    '%s (%s): the account is held, no message is lost by it, and it goes on by itself',
    async (_, status) => {
      await using world = await createDelivery({
        account: { ...soon, connections: 4, concurrency: 50, batchSize: 10 },
      });
      world.simulator.faults.add({ kind: 'status', status });
      await world.sendMany(200);
      await Promise.all([world.startWorker(), world.startWorker()]);
      await world.held({ reason: 'endpoint', mode: 'probing', code: `http-${status}` });
      const first = requests(world);
      await waitFor(() => requests(world) >= first + 3);
      expect(await world.letters()).toEqual([]);
      world.simulator.faults.clear();
      await world.simulator.waitForAccepted(200, 10_000);
      expect(await world.letters()).toEqual([]);
      expectEachOnce(world, 200);
    },
  );

  it('now and then costs nothing, also where the same messages meet it again', async () => {
    const refusals = new Set([1, 2, 3, 4, 6, 7, 8, 9]);
    await using server = await rawServer((socket, nth) =>
      socket.write(refusals.has(nth) ? httpReply(403, 'forbidden') : httpReply(200, '00 130228114512')),
    );
    await using world = await createDelivery({
      account: { ...soon, url: server.url, connections: 4, concurrency: 4 },
    });
    const ids = await world.sendMany(20);
    await world.startWorker();
    const ends = await Promise.all(ids.map((id) => world.end(id, { limitMs: 20_000 })));
    expect(ends.map(({ state }) => state)).toEqual(ids.map(() => 'completed'));
    expect(await world.letters()).toEqual([]);
  });

  it('again, before the one job there is could leave, gives up none of it', async () => {
    let isMended = false;
    let requestsSeen = 0;
    await using server = await rawServer((socket, nth) => {
      requestsSeen = nth;
      const isTaken = nth === 2 || isMended;
      socket.write(isTaken ? httpReply(200, '00 130228114512') : httpReply(403, 'forbidden'));
    });
    await using world = await createDelivery({ account: { ...soon, url: server.url } });
    const numbers = Array.from({ length: 40 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(numbers, { campaign: 'sale', text: 'Merhaba' });
    await world.startWorker();
    // Refused, a canary accepted, refused, refused on trial: at fault, it seems, but nobody was accepted since.
    await waitFor(() => requestsSeen >= 8, { limitMs: 20_000 });
    await world.held({ reason: 'endpoint' });
    isMended = true;
    await waitFor(async () => (await world.producer.campaign('sale'))?.accepted === 40, { limitMs: 20_000 });
    expect(await world.letters()).toEqual([]);
  });

  it('finds a request too large: it is divided until it fits', async () => {
    await using world = await createDelivery({ account: { ...soon } });
    world.simulator.faults.add({ kind: 'status', status: 413, times: 3 });
    const numbers = Array.from({ length: 40 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(numbers, { campaign: 'sale', text: 'Merhaba' });
    await world.startWorker();
    await world.simulator.waitForAccepted(40, 10_000);
    expect(await world.letters()).toEqual([]);
    expect(await world.hold()).toBeUndefined();
    expectEachOnce(world, 40);
  });

  it('finds each single message too large: the account is held, no message is lost by it', async () => {
    await using world = await createDelivery({ account: { ...soon } });
    world.simulator.faults.add({ kind: 'status', status: 413 });
    const numbers = Array.from({ length: 40 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(numbers, { campaign: 'sale', text: 'Merhaba' });
    await world.startWorker();
    await world.held({ reason: 'endpoint', code: 'http-413' });
    const first = requests(world);
    await waitFor(() => requests(world) >= first + 3);
    world.simulator.faults.clear();
    await world.simulator.waitForAccepted(40, 20_000);
    expect(await world.letters()).toEqual([]);
    expectEachOnce(world, 40);
  });

  it('for the sake of several texts of the most urgent lane does not stop the other lanes', async () => {
    await using world = await createDelivery({ account: { ...soon } });
    world.simulator.faults.add({ kind: 'status', status: 403, match: { textIncludes: 'firewall' } });
    for (let n = 0; n < 4; n += 1)
      await world.send({ lane: 'otp', text: `firewall ${n}`, to: `+${numberAt(n)}` });
    await world.sendMany(3, { lane: 'bulk' });
    await world.startWorker();
    await world.simulator.waitForAccepted(3, 20_000);
    // They are given up one after another, each while others are accepted; without others it could be the endpoint.
    let sent = 0;
    const others = setInterval(() => {
      sent += 1;
      void world.send({ lane: 'bulk', text: 'Merhaba', to: `+${numberAt(500 + sent)}` });
    }, 300);
    try {
      await waitFor(async () => (await world.letters()).length === 4, { limitMs: 30_000 });
    } finally {
      clearInterval(others);
    }
    await world.simulator.waitForAccepted(3 + sent, 20_000);
    expectEachOnce(world, 3 + sent);
    expect((await world.letters()).map(({ data }) => data.code)).toEqual(Array(4).fill('http-403'));
  });

  it('for the sake of some texts of a campaign does not stop it: it is divided until those alone are given up', async () => {
    await using world = await createDelivery({ account: { ...soon } });
    world.simulator.faults.add({ kind: 'status', status: 403, match: { textIncludes: 'firewall' } });
    const textOf = (n: number) => ([2, 30, 31, 99].includes(n) ? `firewall ${n}` : `Merhaba ${n}`);
    const messages = Array.from({ length: 100 }, (_, n) => ({ to: `+${numberAt(n)}`, text: textOf(n) }));
    await world.producer.sendMany(messages, { campaign: 'sale' });
    await world.startWorker();
    await world.simulator.waitForAccepted(96, 20_000);
    await waitFor(async () => (await world.letters()).length === 4, { limitMs: 20_000 });
    expectEachOnce(world, 96);
    expect((await world.letters()).map(({ data }) => data.code)).toEqual(Array(4).fill('http-403'));
  });

  it.each([
    ['alone', 1],
    ['in company', 20],
  ])(
    'for the sake of one text, sent %s, does not stop the account: that message alone is given up',
    async (_, batchSize) => {
      await using world = await createDelivery({
        account: { ...soon, batchSize, batchWaitMs: 20, connections: 2, concurrency: 40 },
      });
      world.simulator.faults.add({ kind: 'status', status: 403, match: { textIncludes: 'firewall' } });
      await world.sendMany(30, { lane: 'bulk' });
      const { id } = await world.send({ lane: 'otp', text: 'firewall', to: `+${numberAt(900)}` });
      await world.startWorker();
      const ended = await world.end(id, { limitMs: 20_000 });
      expect(ended.letter).toMatchObject({ reason: 'terminal', code: 'http-403' });
      await world.simulator.waitForAccepted(30, 10_000);
      expect(await world.letters()).toHaveLength(1);
      expectEachOnce(world, 30);
      await world.held(undefined, { limitMs: 10_000 });
    },
  );
});

describe('a code that nobody knows', () => {
  it('costs the first message of each request; five in a row hold the account, which goes on by itself', async () => {
    await using world = await createDelivery({
      account: { ...soon, connections: 1, concurrency: 40, batchSize: 10, batchWaitMs: 20 },
    });
    world.simulator.faults.add({ kind: 'raw-reply', body: '73 new rule' });
    await world.sendMany(100);
    await world.startWorker();
    await world.held({ reason: 'unknown-code', code: '73' });
    const first = requests(world);
    await waitFor(() => requests(world) >= first + 2);
    const letters = await world.letters();
    expect(letters.map(({ data }) => [data.reason, data.code])).toEqual(
      Array.from({ length: 5 }, () => ['unknown-code', '73']),
    );
    world.simulator.faults.clear();
    await world.simulator.waitForAccepted(95, 10_000);
    expect(await world.letters()).toHaveLength(5);
    expectEachOnce(world, 95);
  });

  it('holds nothing where requests that are understood come in between', async () => {
    await using world = await createDelivery({ account: { ...soon, connections: 1, concurrency: 1 } });
    world.simulator.faults.add({ kind: 'raw-reply', body: '73 new rule', match: { textIncludes: 'odd' } });
    await world.startWorker();
    for (let n = 0; n < 8; n += 1) {
      await world.end((await world.send({ text: 'odd', to: `+${numberAt(n)}` })).id);
      await world.end((await world.send({ text: 'usual', to: `+${numberAt(n + 100)}` })).id);
    }
    expect(await world.letters()).toHaveLength(8);
    expect(await world.hold()).toBeUndefined();
  });
});

describe('an endpoint that does not answer', () => {
  it('is held as unreachable and probed; no attempt is used meanwhile; it resumes by itself', async () => {
    await using world = await createDelivery({
      account: {
        probeIntervalMs: 300,
        maxProbeIntervalMs: 300,
        unreachableAfter: 3,
        resumeRatePerSecond: 1_000,
      },
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

  it.each(['28', '77'])('is asked, and a credit of %s is taken for an answer', async (credit) => {
    await using world = await createDelivery({
      account: { ...soon, creditIntervalMs: 3_600_000, unreachableAfter: 2 },
    });
    world.simulator.faults.add({ kind: 'raw-reply', body: credit, match: { on: 'account-query' } });
    world.simulator.faults.add({ kind: 'status', status: 503, times: 2 });
    await world.startWorker();
    await world.sendMany(2);
    await world.held({ reason: 'unreachable', mode: 'probing' });
    await world.simulator.waitForAccepted(2, 10_000);
  });

  it('is trusted by every worker as soon as one has seen it answer', async () => {
    await using world = await createDelivery({
      account: {
        probeIntervalMs: 300,
        maxProbeIntervalMs: 300,
        unreachableAfter: 2,
        resumeRatePerSecond: 1_000,
      },
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

describe('a canary', () => {
  it('is one message, also of a large job: a provider that takes and never answers leaves one in doubt at a time', async () => {
    await using world = await createDelivery({
      account: {
        ...soon,
        unreachableAfter: 1,
        headersTimeoutMs: 500,
        requestTimeoutMs: 600,
        connections: 1,
        concurrency: 1,
      },
    });
    const numbers = (from: number) => Array.from({ length: 500 }, (_, n) => `+${numberAt(from + n)}`);
    world.simulator.faults.add({ kind: 'accept-then-hang' });
    await world.startWorker();
    const { id } = await world.send({ to: `+${numberAt(9_000)}`, lane: 'transactional' });
    await world.held({ reason: 'unreachable' });
    await world.producer.sendMany(numbers(0), { campaign: 'sale', text: 'Merhaba' });
    const before = requests(world);
    await waitFor(() => requests(world) >= before + 2, { limitMs: 10_000 });
    world.simulator.faults.clear();
    await world.held(undefined, { limitMs: 15_000 });
    await waitFor(async () => ((await world.producer.campaign('sale'))?.waiting ?? 1) === 0, {
      limitMs: 10_000,
    });
    const progress = await world.producer.campaign('sale');
    const canaries = requests(world) - before - 1;
    expect(progress?.accepted).toBeGreaterThanOrEqual(500 - canaries);
    expect((progress?.accepted ?? 0) + Object.values(progress?.dead ?? {}).reduce((a, b) => a + b, 0)).toBe(
      500,
    );
    expect((await world.end(id)).letter).toMatchObject({ reason: 'uncertain' });
    // Whatever was in doubt had arrived, once.
    expectEachOnce(world, 501);
  });

  it('of a campaign that finds the account without credit sends it back whole', async () => {
    await using world = await createDelivery({ account: { ...soon }, provider: { credit: 0 } });
    const numbers = Array.from({ length: 200 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(numbers, { campaign: 'sale', text: 'Merhaba' });
    await world.startWorker();
    await world.held({ reason: 'no-credit' });
    const before = requests(world);
    await waitFor(() => requests(world) >= before + 2);
    expect(await world.queue.getJobCountByTypes('completed')).toBe(0);
    world.simulator.topUp('acme', 1_000);
    await world.simulator.waitForAccepted(200, 10_000);
    expectEachOnce(world, 200);
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
    expect(await world.hold()).toBeUndefined();
  });

  it("outweighs the product's own holds, and is outweighed by none", async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 200, maxProbeIntervalMs: 200 },
      provider: { credit: 0 },
    });
    await world.startWorker();
    await world.sendMany(3);
    await world.held({ reason: 'no-credit' });
    await hold(world);
    await stays(async () => (await world.hold())?.reason, 500);
    expect(await world.hold()).toMatchObject({ reason: 'operator' });
    world.simulator.topUp('acme', 10);
    await resume(world);
    await world.simulator.waitForAccepted(3, 3_000);
  });

  it('may pause and resume on the dashboard: it is respected, shown as such, and survives a restart', async () => {
    await using world = await createDelivery();
    await world.queue.pause();
    const worker = await world.startWorker();
    await world.sendMany(3);
    expect(await world.hold()).toMatchObject({
      reason: 'operator',
      by: 'dashboard',
      lanes: ['transactional'],
    });
    await worker.close();
    await world.startWorker();
    await stays(() => requests(world), 300);
    expect(await world.queue.isPaused()).toBe(true);
    await world.queue.resume();
    await world.simulator.waitForAccepted(3, 3_000);
  });

  it('ends both by a resume: what was held by command, and what was paused on the dashboard', async () => {
    await using world = await createDelivery();
    await hold(world);
    await world.queue.pause();
    await world.startWorker();
    await world.sendMany(3);
    await world.queue.resume();
    await stays(() => requests(world), 500);
    await world.queue.pause();
    await resume(world);
    await world.simulator.waitForAccepted(3, 3_000);
    await world.held(undefined);
  });

  it('pauses on the dashboard while the account resumes: the rising pace does not lift the pause', async () => {
    await using world = await createDelivery({
      account: {
        probeIntervalMs: 200,
        maxProbeIntervalMs: 200,
        resumeRatePerSecond: 5,
        connections: 1,
        concurrency: 1,
      },
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
    expect(await world.queue.isPaused()).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { istanbulClock } from '../../src/message/istanbul-time.ts';
import { emptyJournal } from '../../src/queue/journal.ts';
import type { Fault } from '../../src/simulator/fault-rule.ts';
import { nextOpening } from '../../src/worker/verdict/mms-window.ts';
import { createDelivery, type End, numberAt } from '../support/delivery.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

/** Where a message ends, in one line. */
function inWords({ state, job, letter }: End): string {
  if (letter) return ['dead', letter.reason, letter.code].filter(Boolean).join(' ');
  return state === 'completed' ? String(job.returnvalue.end) : 'given up without a dead letter';
}

describe('what is done about a code, beyond how each row ends (every-row)', () => {
  it('tries again when the XML did not arrive, until it does', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reply', code: '90-xml-null', times: 3 });
    await world.startWorker();
    const ended = await world.end((await world.send()).id);
    expect(inWords(ended)).toBe('accepted');
    expect(ended.way).toEqual([
      'refused 90 retry',
      'refused 90 retry',
      'refused 90 retry',
      'accepted 00 complete',
    ]);
  });

  it('tries again when the XML did not arrive, also where the text is a word of that reply', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reply', code: '90-xml-null', times: 1 });
    await world.startWorker();
    expect((await world.end((await world.send({ text: 'null' })).id)).way).toEqual([
      'refused 90 retry',
      'accepted 00 complete',
    ]);
  });

  it('waits by the schedule in between: the retry is delayed, and its journal says until when', async () => {
    await using world = await createDelivery({ random: () => 0.999 });
    world.simulator.faults.add({ kind: 'reply', code: '90-xml-null', times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    await waitFor(async () => (await world.queue.getJobState(id)) === 'delayed');
    const { notBefore = 0, history } = await world.journalOf(id);
    expect(notBefore - (history[0]?.at ?? 0)).toBe(1998);
    expect(inWords(await world.end(id))).toBe('accepted');
  });

  it('gives up what JetSMS does not list as `unknown-code`, with its words', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reply', code: '42', text: 'yeni bir hata' });
    await world.startWorker();
    const ended = await world.end((await world.send()).id);
    expect(inWords(ended)).toBe('dead unknown-code 42');
    expect(ended.letter?.text).toBe('yeni bir hata');
    expect(world.telemetry.ends).toMatchObject([{ end: 'unknown-code', code: '42' }]);
  });

  it('defers at 204 to the opening of the window, which uses no attempt', async () => {
    const theDayAfterTomorrow = ((istanbulClock(Date.now()).weekday + 1) % 7) + 1;
    const mmsWindows = [{ days: [theDayAfterTomorrow], fromMinute: 540, toMinute: 1_260 }];
    await using world = await createDelivery({ account: { mmsWindows } });
    world.simulator.faults.add({ kind: 'reply', code: '204', times: 1 });
    const worker = await world.startWorker();
    const { id } = await world.send({ lane: 'bulk' });
    await waitFor(async () => (await world.queueOf('bulk').getJobState(id)) === 'delayed');
    const opening = nextOpening(mmsWindows, Date.now()) ?? Number.NaN;
    const { attempts, notBefore = 0 } = await world.journalOf(id, 'bulk');
    expect(attempts).toBe(0);
    // The clock may have moved on by some milliseconds between the two places that look at it.
    expect(notBefore - opening).toBeGreaterThanOrEqual(0);
    expect(notBefore - opening).toBeLessThan(1_000);

    await worker.close();
    await world.startWorker({ now: () => opening + 1_000 });
    await (await world.queueOf('bulk').getJob(id))?.promote();
    const ended = await world.end(id);
    expect(ended.way).toEqual(['refused 204 defer', 'accepted 00 complete']);
    expect(ended.journal.attempts).toBe(1);
  });
});

describe('an acceptance is one, whatever it looks like', () => {
  const id = '130228114512';
  const raw = (body: string): Fault => ({ kind: 'raw-reply', body, accepted: true });

  it.each<[string, Fault, string | undefined]>([
    ['with a word behind it', raw(`00 ${id} extra`), id],
    ['with a comment behind it', raw(`00 ${id}\r\n<!-- node2 -->`), id],
    ['with a line behind it', raw(`00 ${id}\r\nOK`), id],
    ['bare', raw('00'), undefined],
    ['with OK for an id', raw('00 OK'), undefined],
    ['with null for an id', raw('00 null'), undefined],
    ['with 0 for an id', raw('00 0'), undefined],
    ['cut', { kind: 'cut-reply' }, undefined],
  ])('%s: the OTP is texted once', async (_, fault, groupId) => {
    await using world = await createDelivery();
    world.simulator.faults.add({ ...fault, times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send({ lane: 'otp' })).id);
    expect(ended.way).toEqual(['accepted 00 complete']);
    expect(ended.job.returnvalue.groupId).toBe(groupId);
    expect(world.simulator.accepted).toHaveLength(1);
  });

  it('cut: the parked message is accepted, also bulk whose end is recorded before', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'cut-reply' });
    await world.startWorker();
    for (const lane of ['transactional', 'bulk'] as const) {
      const ended = await world.end((await world.send({ lane, whenUncertain: 'park' })).id);
      expect(ended.way).toEqual(['accepted 00 complete']);
      expect(ended.letter).toBeUndefined();
    }
  });
});

describe('what JetSMS refuses by itself', () => {
  it.each<[string, Parameters<typeof createDelivery>[0], object, string]>([
    ['a wrong password', { account: { password: 'wrong' } }, {}, 'dead terminal 10'],
    ['a title that is not registered', {}, { title: 'YOK' }, 'dead terminal 12'],
    [
      'an account that may not send by XML',
      { provider: { surfaces: ['web-service'] } },
      {},
      'dead terminal 76',
    ],
    ['an account that is closed', { provider: { open: false } }, {}, 'dead terminal 77'],
    ['a character that it does not want', {}, { text: 'Merhaba 😀' }, 'dead terminal 80'],
    [
      'a text that is too long for it',
      { account: { maxTextLength: 612 } },
      { text: 'x'.repeat(161) },
      'dead terminal 85',
    ],
  ])('%s', async (_, choice, message, expected) => {
    await using world = await createDelivery(choice);
    await world.startWorker();
    expect(inWords(await world.end((await world.send(message)).id))).toBe(expected);
  });

  it('a path that is not there, by HTTP: the account is held, and the message waits', async () => {
    await using world = await createDelivery();
    const account = { ...world.account, url: `${world.simulator.url}/elsewhere` };
    const settings = { ...world.settings, accounts: new Map([[account.name, account]]) };
    await world.startWorker({ settings });
    const { id } = await world.send();
    await world.held({ reason: 'endpoint', code: 'http-404' });
    expect(['waiting', 'active']).toContain(await world.queue.getJobState(id));
    expect(await world.letters()).toEqual([]);
  });
});

describe('what cannot be sent', () => {
  it('is retried with growing delays and given up as `exhausted`', async () => {
    await using world = await createDelivery({ account: { unreachableAfter: 100 } });
    world.simulator.faults.add({ kind: 'status', status: 503 });
    await world.startWorker();
    const ended = await world.end((await world.send()).id);
    expect(inWords(ended)).toBe('dead exhausted http-503');
    expect(ended.journal.attempts).toBe(8);
    expect(ended.letter).not.toHaveProperty('mayHaveArrived');
  });

  it('waits at least as long as Retry-After says', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'status', status: 429, retryAfter: 1, times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send()).id);
    const [first, second] = ended.journal.history;
    expect(ended.way).toEqual(['unsent http-429 retry', 'accepted 00 complete']);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe('what nobody knows', () => {
  const faults = [
    ['accept-then-reset', 'reset-after-write', 1],
    ['reset-after-read', 'reset-after-write', 0],
    ['html-200', 'html-reply', 0],
    ['empty-200', 'empty-reply', 0],
  ] as const;

  it.each(faults)('%s is parked as uncertain and not sent again', async (kind, cause, taken) => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind, times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send({ whenUncertain: 'park' })).id);
    expect(inWords(ended)).toBe(`dead uncertain ${cause}`);
    expect(ended.letter?.mayHaveArrived).toBe(true);
    expect(world.simulator.accepted).toHaveLength(taken);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('is sent again where the message wants it, and counted as such', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'accept-then-reset', times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send({ lane: 'otp' })).id);
    expect(inWords(ended)).toBe('accepted');
    expect(ended.journal.resends).toBe(1);
    expect(world.simulator.accepted).toHaveLength(2);
    expect(world.telemetry.resends).toEqual([{ lane: 'otp', cause: 'reset-after-write' }]);
  });

  it('is sent again no more often than allowed', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'html-200' });
    await world.startWorker();
    const ended = await world.end((await world.send({ lane: 'otp' })).id);
    expect(inWords(ended)).toBe('dead uncertain html-reply');
    expect(world.simulator.stats().requests).toBe(1 + world.settings.maxUncertainResends);
  });

  it('of a 503 that took the message all the same is not known to anybody: it is sent again', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'status', status: 503, accepted: true, times: 1 });
    await world.startWorker();
    expect((await world.end((await world.send()).id)).way).toEqual([
      'unsent http-503 retry',
      'accepted 00 complete',
    ]);
  });
});

describe('what must not be sent', () => {
  it('is expired when its deadline has passed while it waited, and never sent', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ deadline: Date.now() + 100 });
    await world.startWorker({ now: () => Date.now() + 60_000 });
    const ended = await world.end(id);
    expect(inWords(ended)).toBe('dead expired');
    expect(ended.journal.history).toEqual([]);
    expect(world.simulator.stats().requests).toBe(0);
  });

  it.each<[string, unknown]>([
    ['written by a newer producer', { ...sendJob(), v: 2 }],
    ['rubbish', 'not an object'],
    ['a broken field', { ...sendJob(), to: ['0532'], parts: 'many', lane: 'express' }],
    ['nothing', {}],
  ])('is invalid: %s', async (_, data) => {
    await using world = await createDelivery();
    await world.startWorker();
    await world.enqueue('m1', data);
    const ended = await world.end('m1');
    expect(inWords(ended)).toBe('dead invalid');
    expect(ended.letter).toMatchObject({ job: data, history: [] });
    expect(world.telemetry.ends).toMatchObject([
      { end: 'invalid', lane: 'transactional', messages: 1, parts: 0 },
    ]);
    expect(world.simulator.stats().requests).toBe(0);
  });

  it.each<[string, object]>([
    ['with too many recipients', { to: Array.from({ length: 9_000 }, (_one, n) => numberAt(n)) }],
    ['with too much in a field that nobody knows', { extra: ['x'.repeat(200_000)] }],
  ])('is invalid where it is too large: %s; its dead letter does not carry it on', async (_, change) => {
    await using world = await createDelivery({ settings: { maxJobBytes: 100_000 } });
    await world.startWorker();
    const data = sendJob(change);
    await world.enqueue('m1', data);
    const ended = await world.end('m1');
    expect(inWords(ended)).toBe('dead invalid');
    expect(ended.letter).toMatchObject({ text: expect.stringContaining('maxJobBytes') });
    expect(JSON.stringify(ended.letter).length).toBeLessThan(1_000);
    expect(ended.job.data).toEqual(data);
    expect(world.simulator.stats().requests).toBe(0);
    const { id } = await world.send();
    expect(inWords(await world.end(id))).toBe('accepted');
  });

  it('is left alone until its time, also when BullMQ takes it up too early', async () => {
    await using world = await createDelivery();
    await world.startWorker();
    const notBefore = Date.now() + 300;
    await world.enqueue('m1', sendJob(), { ...emptyJournal, attempts: 1, notBefore });
    const ended = await world.end('m1');
    expect(ended.journal.history[0]?.at).toBeGreaterThanOrEqual(notBefore);
  });
});

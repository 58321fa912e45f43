import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subJob } from '../../../src/queue/pieces.ts';
import { parseJobWithin, parseSendJob, type SendJob, textAt, wireIdAt } from '../../../src/queue/send-job.ts';
import { sendJob } from '../../support/send-job.ts';

const job = sendJob();
const number = '905321234567';
const text = 'Kodunuz 481516';
const media = { hash: 'a'.repeat(64), contentType: 'image/png', subject: '', bytes: 7 };

const problemOf = (data: unknown): string | undefined => {
  const parsed = parseSendJob(data);
  return parsed.ok ? undefined : parsed.problem;
};

describe('a send job', () => {
  it.each([
    ['of one message', job],
    ['of many messages with one text', { ...job, to: [number, number] }],
    ['of many messages with a text each', { ...job, to: [number, number], text: ['a', 'b'] }],
    ['of a replayed message', { ...job, origin: { id: 'm1', rootId: 'm0', replay: 2 } }],
    ['that is a piece of another', { ...job, before: { attempts: 0, resends: 1 } }],
    ['with a model of parts of a later version', { ...job, partsModel: 'constructor' }],
    ['with fields that a later version of the same format may add', { ...job, colour: 'red' }],
  ])('%s is read as it stands', (_, data) => {
    expect(parseSendJob(data)).toEqual({ ok: true, job: data });
  });

  it.each([
    ['v', { v: 2 }, "the job's version is not 1: the producer is newer or no producer of ours"],
    ['v', { v: undefined }, "the job's version is not 1: the producer is newer or no producer of ours"],
    ['account', { account: '' }, 'field account is missing or not valid'],
    ['lane', { lane: 'express' }, 'field lane is missing or not valid'],
    ['title', { title: undefined }, 'field title is missing or not valid'],
    ['to', { to: [] }, 'field to is missing or not valid'],
    ['to', { to: number }, 'field to is missing or not valid'],
    ['to', { to: [number, '+905321234567'] }, 'field to is missing or not valid'],
    ['to', { to: [number, '5352345678'] }, 'field to is missing or not valid'],
    ['text', { text: '' }, 'field text is missing or not valid'],
    ['text', { text: ['a', 'b'] }, 'field text is missing or not valid'],
    ['text', { text: [7] }, 'field text is missing or not valid'],
    ['sendAt', { sendAt: 'tomorrow' }, 'field sendAt is missing or not valid'],
    ['whenUncertain', { whenUncertain: 'wait' }, 'field whenUncertain is missing or not valid'],
    ['whenNotFound', { whenNotFound: 'ask' }, 'field whenNotFound is missing or not valid'],
    ['partsModel', { partsModel: 7 }, 'field partsModel is missing or not valid'],
    ['parts', { parts: '1' }, 'field parts is missing or not valid'],
    ['enqueuedAt', { enqueuedAt: Number.NaN }, 'field enqueuedAt is missing or not valid'],
    ['deadlineAt', { deadlineAt: null }, 'field deadlineAt is missing or not valid'],
    ['origin', { origin: { id: 'm1' } }, 'field origin is missing or not valid'],
    [
      'before',
      { before: { attempts: 0, resends: 0, asking: { since: 1 } } },
      'field before is missing or not valid',
    ],
    ['before', { before: { attempts: -1, resends: 0 } }, 'field before is missing or not valid'],
  ])('without a good %s is not valid: %j', (_, change, expected) => {
    expect(problemOf({ ...job, ...change })).toBe(expected);
  });

  it.each<[string, Partial<SendJob>]>([
    ['to', { to: Array.from({ length: 10_001 }, () => number) }],
    ['title', { title: 'A'.repeat(41) }],
    ['text', { text: 'a'.repeat(1_001) }],
    ['text', { to: [number, number], text: ['a', 'a'.repeat(1_001)] }],
    ['text', { media, text: 'a'.repeat(1_001) }],
    ['text', { media, text: ['a'] }],
  ])('with more %s than any account allows is not valid', (field, change) => {
    expect(problemOf({ ...job, ...change })).toBe(`field ${field} is missing or not valid`);
  });

  it('with as much as an account can allow is read', () => {
    const to = Array.from({ length: 10_000 }, () => number);
    expect(problemOf({ ...job, to, title: 'A'.repeat(40), text: 'a'.repeat(1_000) })).toBeUndefined();
    expect(problemOf({ ...job, media, text: '' })).toBeUndefined();
  });

  it('that is too large is not read at all; one that is not is read as it stands', () => {
    const large = { ...job, extra: 'x'.repeat(2_000) };
    expect(parseJobWithin(large, 1_000)).toEqual({
      ok: false,
      problem: expect.stringContaining('maxJobBytes'),
      isTooLarge: true,
    });
    expect(parseJobWithin(large, 10_000)).toEqual(parseSendJob(large));
    expect(parseJobWithin({ v: 2 }, 10_000)).toEqual(parseSendJob({ v: 2 }));
  });

  it.each([[undefined], [null], ['rubbish'], [7], [[]], [{}]])('is none of ours: %j', (data) => {
    expect(problemOf(data)).toMatch(/^the job/);
  });

  it('never fails to be read, whatever lies there, and never quotes it', () => {
    const change = fc.record(
      Object.fromEntries(
        Object.keys(job).map((key) => [key, fc.oneof(fc.anything(), fc.constant(number), fc.constant(text))]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          change.map((fields) => ({ ...job, ...fields })),
        ),
        (data) => {
          const problem = problemOf(data) ?? '';
          expect(problem).not.toContain(number);
          expect(problem).not.toContain(text);
        },
      ),
    );
  });

  it('knows the text of each of its messages', () => {
    expect(textAt({ ...job, text: 'all' }, 3)).toBe('all');
    expect(textAt({ ...job, text: ['a', 'b'] }, 1)).toBe('b');
    expect(textAt({ ...job, text: ['a', 'b'] }, 2)).toBe('');
  });
});

describe('the id by which JetSMS knows a message', () => {
  const two = sendJob({ to: [number, number] });

  it("is the message's own at first, and a new one each time that it is sent again", () => {
    expect(wireIdAt('m1', sendJob(), 0, { resends: 0 })).toBe('m1');
    expect(wireIdAt('m1', sendJob(), 0, { resends: 2 })).toBe('m1-r2');
    expect(wireIdAt('m1', two, 1, { resends: 0 })).toBe('m1.1');
    expect(wireIdAt('m1', two, 1, { resends: 1 })).toBe('m1.1-r1');
  });

  it('stays that of the message when its job is divided', () => {
    const piece = subJob('m1', two, [[1, 2]]);
    expect(wireIdAt('m1-0', piece, 0, { resends: 1 })).toBe('m1.1-r1');
  });
});

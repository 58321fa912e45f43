import { describe, expect, it } from 'vitest';
import { accountDefaults, type SimulatorAccount } from '../../../src/simulator/account.ts';
import { judge } from '../../../src/simulator/judge.ts';
import type { Submission } from '../../../src/simulator/submission.ts';

const now = Date.parse('2026-05-20T17:27:30Z');
const account: SimulatorAccount = { ...accountDefaults, username: 'demo', password: 'demo' };
const message = { to: '905321234567', text: 'Merhaba' };
const submission: Submission = {
  surface: 'xml',
  username: 'demo',
  password: 'demo',
  title: 'DEMO',
  startDate: '',
  expireDate: '',
  messages: [message],
};

function codeOf(change: Partial<Submission>, accountChange: Partial<SimulatorAccount> = {}): string {
  const judgement = judge({ ...submission, ...change }, { ...account, ...accountChange }, now);
  return judgement.kind === 'refused' ? judgement.refusal.code : '00';
}

describe('judge', () => {
  it('accepts what breaks no rule, with its parts', () => {
    const messages = [message, { to: '905321234568', text: 'x'.repeat(161), messageId: 'm2' }];
    const judgement = judge({ ...submission, messages }, { ...account, maxTextLength: 306 }, now);
    expect(judgement).toEqual({
      kind: 'accepted',
      parts: 3,
      dropped: 0,
      messages: [
        { ...message, parts: 1 },
        { ...messages[1], parts: 2 },
      ],
    });
  });

  it.each<[string, string, Partial<Submission>, Partial<SimulatorAccount>]>([
    ['10', 'a wrong password', { password: 'x' }, {}],
    ['77', 'a closed account', {}, { open: false }],
    ['76', 'an account without XML', {}, { surfaces: ['web-service'] }],
    ['77', 'an account without the web service', { surface: 'web-service' }, { surfaces: ['xml'] }],
    ['30', 'an empty title', { title: '' }, {}],
    ['12', 'an unknown title', { title: 'demo' }, {}],
    ['31', 'no message', { messages: [] }, {}],
    ['31', 'no valid number', { messages: [{ to: undefined, text: 'a' }] }, {}],
    ['80', 'an unwanted character', { messages: [{ ...message, text: '😀' }] }, {}],
    ['85', 'a text too long', { messages: [message, { ...message, text: 'x'.repeat(161) }] }, {}],
    ['90', 'an impossible start', { startDate: 'tomorrow' }, {}],
    ['90', 'an impossible expiry', { expireDate: '99999999999999' }, {}],
    ['90', 'an expiry that is past', { expireDate: '20052026202730' }, {}],
    ['90', 'an expiry before the start', { startDate: '22052026000000', expireDate: '21052026000000' }, {}],
    ['00', 'a start that is past', { startDate: '20052020000000' }, {}],
    ['11', 'more parts than credit', { messages: [message, message] }, { credit: 1 }],
    ['00', 'exactly as many parts as credit', { messages: [message, message] }, { credit: 2 }],
  ])('answers %s to %s', (code, _, change, accountChange) => {
    expect(codeOf(change, accountChange)).toBe(code);
  });

  it('answers 10 to an unknown account', () => {
    expect(judge(submission, undefined, now)).toMatchObject({ refusal: { code: '10' } });
  });

  it('names the limit of the account in 85', () => {
    const messages = [{ ...message, text: 'x'.repeat(460) }];
    const judgement = judge({ ...submission, messages }, { ...account, maxTextLength: 459 }, now);
    expect(judgement).toMatchObject({ refusal: { text: expect.stringContaining('Mesaj 459 den uzun') } });
  });

  it('leaves out numbers that are none, and does not charge them', () => {
    const messages = [{ to: undefined, text: 'a' }, message];
    expect(judge({ ...submission, messages }, { ...account, credit: 1 }, now)).toMatchObject({
      kind: 'accepted',
      dropped: 1,
      parts: 1,
    });
  });

  it('knows until when the message is worth sending', () => {
    const judgement = judge({ ...submission, expireDate: '20052026202830' }, account, now);
    expect(judgement).toMatchObject({ expireAt: now + 60_000 });
  });
});

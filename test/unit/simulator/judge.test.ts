import { describe, expect, it } from 'vitest';
import type { LengthRule } from '../../../src/message/length-rule.ts';
import { accountDefaults, type SimulatorAccount } from '../../../src/simulator/account.ts';
import { judge } from '../../../src/simulator/judge.ts';
import { mmsDefaults } from '../../../src/simulator/mms.ts';
import type { Submission } from '../../../src/simulator/submission.ts';

const now = Date.parse('2026-05-20T17:27:30Z');
const account: SimulatorAccount = { ...accountDefaults, username: 'demo', password: 'demo' };
const message = { number: '5321234567', to: '905321234567', text: 'Merhaba' };
const submission: Submission = {
  surface: 'xml',
  username: 'demo',
  password: 'demo',
  title: 'DEMO',
  startDate: '',
  expireDate: '',
  messages: [message],
  lengthRule: 'RejectAllPackage',
  answersPerRecipient: false,
};

function judgeChanged(change: Partial<Submission>, accountChange: Partial<SimulatorAccount> = {}) {
  return judge({ ...submission, ...change }, { account: { ...account, ...accountChange }, now });
}

function codeOf(change: Partial<Submission>, accountChange: Partial<SimulatorAccount> = {}): string {
  const judgement = judgeChanged(change, accountChange);
  return judgement.kind === 'refused' ? judgement.refusal.code : '00';
}

describe('judge', () => {
  it('accepts what breaks no rule, with its parts', () => {
    const second = { to: '905321234568', text: 'x'.repeat(161), messageId: 'm2' };
    const messages = [message, { number: '05321234568', ...second }];
    const judgement = judgeChanged({ messages }, { maxTextLength: 306 });
    expect(judgement).toEqual({
      kind: 'accepted',
      parts: 3,
      messages: [
        { to: message.to, text: message.text, parts: 1 },
        { ...second, parts: 2 },
      ],
      recipients: [
        { number: '5321234567', status: '0' },
        { number: '05321234568', status: '0', messageId: 'm2' },
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
    ['31', 'no valid number', { messages: [{ number: '1', to: undefined, text: 'a' }] }, {}],
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
    expect(judge(submission, { account: undefined, now })).toMatchObject({ refusal: { code: '10' } });
  });

  it('names the limit of the account in 85', () => {
    const messages = [{ ...message, text: 'x'.repeat(460) }];
    const judgement = judgeChanged({ messages }, { maxTextLength: 459 });
    expect(judgement).toMatchObject({ refusal: { text: expect.stringContaining('Mesaj 459 den uzun') } });
  });

  it('leaves out numbers that are none, and does not charge them', () => {
    const messages = [{ number: '212', to: undefined, text: 'a' }, message];
    expect(judgeChanged({ messages }, { credit: 1 })).toMatchObject({
      kind: 'accepted',
      parts: 1,
      recipients: [
        { number: '212', status: '27' },
        { number: '5321234567', status: '0' },
      ],
    });
  });

  it('knows until when the message is worth sending', () => {
    const judgement = judgeChanged({ expireDate: '20052026202830' });
    expect(judgement).toMatchObject({ expireAt: now + 60_000 });
  });

  it.each<[LengthRule, number, string]>([
    ['RejectAllPackage', 161, '85'],
    ['SendAllPackage', 612, '00'],
    ['SendAllPackage', 613, '85'],
    ['SendOtherMessages', 700, '00'],
  ])('with %s answers a text of %i characters with %s', (lengthRule, length, code) => {
    const messages = [message, { ...message, text: 'x'.repeat(length) }];
    expect(codeOf({ lengthRule, messages })).toBe(code);
  });

  it('leaves out only the long texts with SendOtherMessages, and says so', () => {
    const messages = [message, { ...message, text: 'x'.repeat(161) }];
    expect(judgeChanged({ lengthRule: 'SendOtherMessages', messages })).toMatchObject({
      parts: 1,
      recipients: [{ status: '0' }, { status: '85' }],
    });
  });

  it('accepts a request without a valid number where the answer has a status for each', () => {
    const messages = [{ number: '212', to: undefined, text: 'a' }];
    expect(judgeChanged({ messages, answersPerRecipient: true })).toMatchObject({
      kind: 'accepted',
      messages: [],
      recipients: [{ status: '27' }],
    });
  });

  it('refuses the recipient that a fault wants refused', () => {
    const messages = [message, { ...message, to: '905321234568' }];
    const spoilt = { to: '905321234567', status: '9' };
    expect(judge({ ...submission, messages }, { account, now, spoilt })).toMatchObject({
      messages: [{ to: '905321234568' }],
      recipients: [{ status: '9' }, { status: '0' }],
    });
  });

  it('looks at the login before what is wrong with the counts', () => {
    const flaw = { code: '81', text: '' };
    expect(codeOf({ flaw })).toBe('81');
    expect(codeOf({ flaw, password: 'x' })).toBe('10');
  });
});

describe('an MMS', () => {
  const media = { subject: 'Konu', contentType: 'image/jpeg', channel: '', bytes: 1_000 };
  const night = { ...mmsDefaults, window: { from: '2200', until: '0800' } };

  it.each<[string, string, Partial<Submission>, Partial<SimulatorAccount>]>([
    ['00', 'a picture', { media }, {}],
    ['00', 'no text', { media, messages: [{ ...message, text: '' }] }, {}],
    ['201', 'an unknown channel', { media: { ...media, channel: 'XX' } }, {}],
    ['202', 'an unknown type', { media: { ...media, contentType: 'image/bmp' } }, {}],
    ['202', 'data that cannot be decoded', { media: { ...media, bytes: undefined } }, {}],
    ['00', 'the largest file', { media: { ...media, bytes: 307_200 } }, {}],
    ['203', 'a larger file', { media: { ...media, bytes: 307_201 } }, {}],
    ['204', 'an hour outside the window', { media }, { mms: night }],
    ['00', 'a start inside the window', { media, startDate: '20052026230000' }, { mms: night }],
    ['11', 'more than the credit', { media }, { mms: { ...mmsDefaults, cost: 3 }, credit: 2 }],
  ])('answers %s to %s', (code, _, change, accountChange) => {
    expect(codeOf(change, accountChange)).toBe(code);
  });
});

describe('own ids that were used before', () => {
  const messages = [
    { ...message, messageId: 'used' },
    { ...message, messageId: 'new' },
    { ...message, messageId: 'new' },
    { ...message, messageId: '' },
    { ...message, messageId: '' },
  ];
  const repeating = { ...submission, messages, answersPerRecipient: true };

  it('are refused alone where they are refused, also in one request', () => {
    const judgement = judge(repeating, { account, now, isUsedId: (id) => id === 'used' });
    expect(judgement).toMatchObject({
      kind: 'accepted',
      parts: 3,
      recipients: [{ status: '99' }, { status: '0' }, { status: '99' }, { status: '0' }, { status: '0' }],
    });
  });

  it('are taken again otherwise', () => {
    expect(judge(repeating, { account, now })).toMatchObject({ kind: 'accepted', parts: 5 });
  });
});

describe('the start date', () => {
  it('is told where it lies ahead', () => {
    const startAt = Date.parse('2026-05-20T18:00:00Z');
    expect(judgeChanged({ startDate: '20052026210000' })).toMatchObject({ startAt });
    expect(judgeChanged({ startDate: '20052026200000' })).not.toHaveProperty('startAt');
  });
});

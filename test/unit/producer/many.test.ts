import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageError } from '../../../src/message/errors.ts';
import type { AccountRules } from '../../../src/message/message.ts';
import type { Recipient } from '../../../src/producer/chunks.ts';
import { type CampaignRules, checkCampaign, jobOf } from '../../../src/producer/many.ts';
import type { ManyOptions, ManyProblem } from '../../../src/producer/many-options.ts';
import { partsOf } from '../../../src/queue/pieces.ts';
import { parseSendJob } from '../../../src/queue/send-job.ts';

const nowMs = Date.UTC(2030, 0, 1);
const rules: AccountRules = { charset: 'utf-8', maxTextLength: 459, title: 'ACME' };

const check = (options: Partial<ManyOptions> = {}): CampaignRules =>
  checkCampaign({ campaign: 'sale', text: 'Merhaba', ...options }, { account: 'acme', rules, nowMs });

const codeOf = (what: () => unknown): unknown => {
  try {
    return what();
  } catch (error) {
    return error instanceof MessageError ? error.code : error;
  }
};

/** The job of these recipients, and what is wrong with the others. */
function judge(
  recipients: readonly Recipient[],
  campaign: CampaignRules = check(),
  { firstIndex = 0, repeats = [] }: { firstIndex?: number; repeats?: readonly string[] } = {},
) {
  const problems: ManyProblem[] = [];
  const chunk = { position: 0, firstIndex, recipients };
  const asked: string[] = [];
  const job = jobOf(chunk, campaign, {
    onProblem: (problem) => void problems.push(problem),
    isRepeat(number) {
      asked.push(number);
      return repeats.includes(number);
    },
  });
  return { job, problems, asked };
}

describe('what all messages of a campaign have in common', () => {
  it('is completed: lane bulk, the title of the account, a deadline', () => {
    expect(check()).toMatchObject({
      campaign: 'sale',
      account: 'acme',
      text: 'Merhaba',
      sending: { lane: 'bulk', title: 'ACME', whenUncertain: 'ask' },
    });
    expect(check().sending.deadlineAtMs).toBeGreaterThan(nowMs);
  });

  it.each(['', ' sale', 'a b', '-a', 'a/b', 'ş', 'a'.repeat(65), undefined, 7])(
    'is refused with the name %j',
    (campaign) => {
      expect(codeOf(() => check({ campaign: campaign as string }))).toBe('CAMPAIGN_INVALID');
    },
  );

  it.each(['a', 'autumn-sale_2026.1', 'a'.repeat(64)])('is fine with the name %j', (campaign) => {
    expect(check({ campaign })).toMatchObject({ campaign });
  });

  it.each<[Partial<ManyOptions>, string]>([
    [{ text: '  ' }, 'TEXT_EMPTY'],
    [{ text: 'a'.repeat(460) }, 'TEXT_TOO_LONG'],
    [{ title: '' }, 'TITLE_MISSING'],
    [{ deadline: nowMs - 1_000 }, 'DEADLINE_PAST'],
  ])('is refused with %j', (options, code) => {
    expect(codeOf(() => check(options))).toBe(code);
  });
});

describe('the job of a chunk', () => {
  it('has one text where all get the same, and numbers as JetSMS writes them', () => {
    const { job, problems } = judge(['0532 123 45 67', 5_321_234_568, { to: '+49 151 23456789' }]);
    expect(problems).toEqual([]);
    expect(job).toMatchObject({
      to: ['905321234567', '905321234568', '4915123456789'],
      text: 'Merhaba',
      parts: 3,
      campaign: 'sale',
      enqueuedAt: nowMs,
    });
    expect(parseSendJob(job)).toMatchObject({ ok: true });
  });

  it('has a text for each as soon as one has its own; the common one fills the gaps', () => {
    const { job } = judge(['0532 123 45 67', { to: '0532 123 45 68', text: 'ğ'.repeat(200) }]);
    expect(job).toMatchObject({ text: ['Merhaba', 'ğ'.repeat(200)] });
    expect(job?.parts).toBe(job && partsOf(job));
  });

  it("counts parts by the account's model, for the common text and for own ones, and says so", () => {
    const campaign = checkCampaign(
      { campaign: 'sale', text: 'ş'.repeat(156) },
      { account: 'acme', rules: { ...rules, partsModel: 'turkish-letters' }, nowMs },
    );
    const { job } = judge(['0532 123 45 67', { to: '0532 123 45 68', text: 'a' }], campaign);
    expect(job).toMatchObject({ parts: 3, partsModel: 'turkish-letters' });
    expect(job && partsOf(job)).toBe(3);
  });

  it('leaves out who cannot be sent to, and says so by their place among all', () => {
    const recipients: readonly Recipient[] = [
      '0532 123 45 67',
      '0212 123 45 67',
      { to: '0532 123 45 68', text: '' },
      { to: 'x' },
    ];
    const { job, problems } = judge(recipients, check(), { firstIndex: 500 });
    expect(job?.to).toEqual(['905321234567']);
    expect(problems).toMatchObject([
      { index: 501, code: 'NUMBER_NOT_MOBILE', field: 'to' },
      { index: 502, code: 'TEXT_EMPTY', field: 'text' },
      { index: 503, code: 'NUMBER_INVALID', field: 'to' },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/\d{5}/);
  });

  it('leaves out whoever has a message already, whatever the spelling and the text', () => {
    const { job, problems } = judge(
      ['+90 (532) 123-45-67', { to: 5_321_234_567, text: 'Başka' }, '05321234568'],
      check(),
      { repeats: ['905321234567'] },
    );
    expect(problems).toEqual([]);
    expect(job).toMatchObject({ to: ['905321234568'], text: 'Merhaba', parts: 1 });
  });

  it('does not count as seen whoever cannot be sent to', () => {
    const { asked } = judge([{ to: '05321234567', text: ' ' }, '0212 123 45 67', '05321234568']);
    expect(asked).toEqual(['905321234568']);
  });

  it('is none where all have a message already', () => {
    expect(judge(['05321234567'], check(), { repeats: ['905321234567'] }).job).toBeUndefined();
  });

  it.each([null, undefined, {}, [], true])('takes %j for a recipient without a number', (recipient) => {
    const { job, problems } = judge([recipient as unknown as Recipient]);
    expect(job).toBeUndefined();
    expect(problems).toMatchObject([{ index: 0, field: 'to' }]);
  });

  it('refuses whoever gets no text where there is none for all', () => {
    const { text: _, ...campaign } = check();
    const { job, problems } = judge(['0532 123 45 67', { to: '0532 123 45 68', text: 'A' }], {
      ...campaign,
      text: undefined,
    });
    expect(job).toMatchObject({ to: ['905321234568'], text: ['A'] });
    expect(problems).toMatchObject([{ index: 0, code: 'TEXT_EMPTY' }]);
  });

  it('counts parts as the worker does when it divides the job', () => {
    const anyText = fc.string({
      unit: fc.constantFrom('a', 'ı', '€', '\u{1F600}'),
      minLength: 1,
      maxLength: 400,
    });
    const anyRecipient = fc.record(
      { to: fc.constant('05321234567'), text: anyText },
      { requiredKeys: ['to'] },
    );
    fc.assert(
      fc.property(fc.array(anyRecipient, { minLength: 1, maxLength: 10 }), anyText, (recipients, text) => {
        const { job } = judge(recipients as Recipient[], { ...check(), text });
        if (job) expect(job.parts).toBe(partsOf(job));
      }),
    );
  });
});

describe('what is noted beside the messages of a campaign', () => {
  it('is one meta for all, and where a recipient has its own, one for each', () => {
    const campaign = check({ meta: { wave: 1 }, reference: 'sale-17' });
    expect(judge(['05321234567'], campaign).job).toMatchObject({ meta: { wave: 1 }, reference: 'sale-17' });
    const own = { to: '05321234568', meta: { order: 17 } };
    expect(judge(['05321234567', own], campaign).job?.meta).toEqual([{ wave: 1 }, { order: 17 }]);
    expect(judge(['05321234567', own]).job?.meta).toEqual([null, { order: 17 }]);
    expect(judge(['05321234567']).job).not.toHaveProperty('meta');
    expect(parseSendJob(judge(['05321234567', own], campaign).job).ok).toBe(true);
  });

  it('is refused where it is no meta, of one recipient alone', () => {
    expect(codeOf(() => check({ meta: { list: [] } as never }))).toBe('META_INVALID');
    const { job, problems } = judge(['05321234567', { to: '05321234568', meta: [] as never }]);
    expect(job?.to).toHaveLength(1);
    expect(problems).toMatchObject([{ index: 1, code: 'META_INVALID', field: 'meta' }]);
  });
});

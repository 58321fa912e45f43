import { describe, expect, it } from 'vitest';
import type { FoundRow, MessageSearch } from '../../../../src/jetsms/reports.ts';
import type { Doubt } from '../../../../src/worker/asking/asker.ts';
import { answersBySearch } from '../../../../src/worker/asking/by-search.ts';
import { doubt } from '../../../support/doubt.ts';

const since = 1_800_000_000_000;
const row = (change: Partial<FoundRow> = {}): FoundRow => ({
  messageId: '',
  number: '905321234567',
  title: 'ACME',
  text: 'Merhaba',
  status: '1',
  state: 'delivered',
  isReal: true,
  createdAt: since + 1_000,
  ...change,
});

async function ask(
  rows: readonly FoundRow[] | undefined,
  change: Partial<Doubt> = {},
): Promise<{ readonly answers: readonly string[]; readonly searches: readonly MessageSearch[] }> {
  const searches: MessageSearch[] = [];
  const answersTo = answersBySearch({
    search: (search) => {
      searches.push(search);
      return Promise.resolve(
        rows
          ? { kind: 'rows', rows }
          : { kind: 'no-answer', why: { kind: 'uncertain', cause: 'reply-timeout' } },
      );
    },
    requestTimeoutMs: 30_000,
    signal: new AbortController().signal,
  });
  const answers = await answersTo([doubt('a', { since, ...change })]);
  return {
    answers: answers.map((one) => (one.kind === 'found' ? `found ${one.status}` : one.kind)),
    searches,
  };
}

describe('a message that JetSMS is asked about by a search', () => {
  it('is found by its number, title and text, taken while its request was under way', async () => {
    const { answers, searches } = await ask([row({ number: '5321234567' }), row({ text: 'Selam' })]);
    expect(answers).toEqual(['found 1']);
    expect(searches).toEqual([
      { number: '905321234567', title: 'ACME', fromMs: since - 2_000, toMs: since + 32_000 },
    ]);
  });

  it.each<[string, Partial<FoundRow>]>([
    ['another number', { number: '905321234568' }],
    ['another title', { title: 'OTHER' }],
    ['another text', { text: 'Merhaba B016' }],
    ['a status that not only a message has', { status: '9', isReal: false }],
    ['a time before its request', { createdAt: since - 2_001 }],
    ['a time after its request', { createdAt: since + 32_001 }],
  ])('is not found by a row with %s', async (_, change) => {
    expect((await ask([row(change)])).answers).toEqual(['not-found']);
  });

  it('is not found by a row without a time, nor where two rows may be meant', async () => {
    const { createdAt: _, ...timeless } = row();
    expect((await ask([timeless])).answers).toEqual(['not-found']);
    expect((await ask([{ ...timeless, sentAt: since }])).answers).toEqual(['found 1']);
    expect((await ask([row(), row()])).answers).toEqual(['not-found']);
    expect((await ask([])).answers).toEqual(['not-found']);
  });

  it('has no answer where another message of its job has the same number and text, or none came', async () => {
    expect(await ask([row()], { isUnique: false })).toEqual({ answers: ['no-answer'], searches: [] });
    expect((await ask(undefined)).answers).toEqual(['no-answer']);
  });
});

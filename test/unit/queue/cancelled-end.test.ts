import { describe, expect, it } from 'vitest';
import { endOfCancelled, endOfCancelledJob } from '../../../src/queue/cancelled-end.ts';
import { parseEnded } from '../../../src/queue/ended-state.ts';
import type { EndRules } from '../../../src/queue/ends.ts';
import { parseEventEntry } from '../../../src/queue/event-entry.ts';
import { emptyJournal } from '../../../src/queue/journal.ts';
import { sendJob } from '../../support/send-job.ts';

const at = Date.UTC(2026, 10, 28, 12);
const rules: EndRules = {
  prefix: '{jetsms}',
  account: 'acme',
  keepStatusMs: 604_800_000,
  shownInEvents: { number: false, text: false },
  reportLanes: [],
  reportFirstMs: 0,
  asksByIds: false,
};
const job = sendJob({
  to: ['905321234567', '905321234568'],
  text: ['bir', 'iki'],
  parts: 2,
  campaign: 'spring',
  keys: [null, 'order 17'],
  meta: [{ n: 1 }, { n: 2 }],
});
const of = { id: 'm1', job, journal: emptyJournal, at };

describe('the end of a message that was called off', () => {
  it('is kept under its own id, and told as that of one message', () => {
    const end = endOfCancelled(of, 1, rules);
    expect(end).toMatchObject({ id: 'm1.1', waiting: '' });
    expect(parseEnded(end.text)).toMatchObject({
      end: 'cancelled',
      ...{ at, n: 1, parts: 1, attempts: 0 },
      notes: { reason: 'cancelled', campaign: 'spring', keys: ['order 17'], meta: [{ n: 2 }] },
    });
    expect(parseEventEntry(end.event)).toEqual({
      type: 'message.cancelled',
      ...{ at, job: 'm1', n: 1, ids: ['m1.1'], lane: 'transactional', campaign: 'spring' },
      ...{ keys: ['order 17'], meta: [{ n: 2 }], reason: 'cancelled' },
    });
  });

  it('shows number and text only where a setting says so', () => {
    const { text, event } = endOfCancelled(of, 0, rules);
    expect(text + event).not.toMatch(/9053212|bir|iki/);
    const shown = endOfCancelled(of, 0, { ...rules, shownInEvents: { number: true, text: true } });
    expect(parseEventEntry(shown.event)).toMatchObject({ to: ['905321234567'], text: 'bir' });
  });

  it('is kept nowhere where nothing is remembered', () => {
    expect(endOfCancelled(of, 0, { ...rules, keepStatusMs: 0 })).toMatchObject({ key: '', text: '' });
  });

  it('of all messages of a job is kept under the id of the job, and told no second time', () => {
    const end = endOfCancelledJob(of, rules);
    expect(end).toMatchObject({ id: 'm1', event: '' });
    expect(parseEnded(end.text)).toMatchObject({ end: 'cancelled', n: 2 });
  });
});

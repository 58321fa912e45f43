import { describe, expect, it } from 'vitest';
import { type AcceptedMessage, createLedger } from '../../../src/simulator/ledger.ts';

function message(to: string, text: string, messageId?: string): AcceptedMessage {
  return {
    to,
    text,
    title: 'DEMO',
    username: 'demo',
    surface: 'xml',
    groupId: '1',
    at: 0,
    parts: 1,
    ...(messageId === undefined ? {} : { messageId }),
  };
}

const messages = [message('1', 'a', 'x'), message('1', 'a'), message('1', 'b')];

describe('the ledger', () => {
  it('counts by number, by number and text, and by the own id', () => {
    const ledger = createLedger({ keep: 'messages' });
    ledger.record(messages);
    expect(ledger.messages).toEqual(messages);
    expect(Object.fromEntries(ledger.counts('to'))).toEqual({ '1': 3 });
    expect(Object.fromEntries(ledger.counts('message'))).toEqual({ '1|a': 2, '1|b': 1 });
    expect(Object.fromEntries(ledger.counts('messageId'))).toEqual({ x: 1 });
  });

  it('keeps counts only where that is wanted', () => {
    const ledger = createLedger({ keep: 'counts' });
    ledger.record(messages);
    expect(ledger.messages).toEqual([]);
    expect(ledger.total).toBe(3);
    expect(ledger.counts('to').get('1')).toBe(3);
  });

  it('tells of every message', () => {
    const seen: string[] = [];
    createLedger({ keep: 'counts', onAccepted: ({ text }) => seen.push(text) }).record(messages);
    expect(seen).toEqual(['a', 'a', 'b']);
  });

  it('waits for a number of messages', async () => {
    const ledger = createLedger({ keep: 'counts' });
    const waited = ledger.waitFor(3, 1_000);
    ledger.record(messages);
    await expect(waited).resolves.toBeUndefined();
    await expect(ledger.waitFor(2, 1_000)).resolves.toBeUndefined();
  });

  it('gives up waiting, and says how many came', async () => {
    const ledger = createLedger({ keep: 'counts' });
    ledger.record(messages);
    await expect(ledger.waitFor(4, 5)).rejects.toMatchObject({
      code: 'SIMULATOR_WAIT_TIMEOUT',
      message: '3 of 4 messages were accepted within 5 ms',
    });
  });

  it('forgets everything', () => {
    const ledger = createLedger({ keep: 'messages' });
    ledger.record(messages);
    ledger.reset();
    expect([ledger.total, ledger.messages.length, ledger.counts('to').size]).toEqual([0, 0, 0]);
  });
});

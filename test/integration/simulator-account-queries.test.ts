import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator({
    accounts: [{ username: 'firma', password: 'g z&i', titles: ['BASLIK', 'ŞİRKET'], credit: 10 }],
  });
  await simulator.listen();
});
afterEach(() => simulator.close());

async function examine(query: Record<string, string>): Promise<string> {
  const response = await fetch(`${simulator.examineUrl}?${new URLSearchParams(query)}`);
  return response.text();
}

const login = { username: 'firma', password: 'g z&i' };

describe('examine', () => {
  it('tells the credit as a bare number, which sending consumes and a top-up restores', async () => {
    expect(await examine({ ...login, type: 'charge' })).toBe('10');
    const body =
      '<message-context type="smmgsd"><username>firma</username><password>g z&amp;i</password>' +
      '<outbox-name>BASLIK</outbox-name><text>a</text><gsmnos>5321234567,5321234568</gsmnos></message-context>';
    await fetch(simulator.xmlUrl, { method: 'POST', body });
    expect(await examine({ ...login, type: 'charge' })).toBe('8');
    simulator.topUp('firma', 5);
    expect(await examine({ ...login, type: 'charge' })).toBe('13');
  });

  it('tells the titles, one a line, and nothing where there are none', async () => {
    expect(await examine({ ...login, type: 'titles' })).toBe('BASLIK\nŞİRKET');
    simulator.accounts.update('firma', { titles: [] });
    expect(await examine({ ...login, type: 'titles' })).toBe('');
  });

  it('has a number for unlimited credit', async () => {
    simulator.accounts.update('firma', { credit: Number.POSITIVE_INFINITY });
    expect(await examine({ ...login, type: 'charge' })).toBe('999999999');
  });

  it('refuses a wrong login and an unknown type', async () => {
    expect(await examine({ ...login, password: 'x', type: 'charge' })).toBe('10 wrong user');
    expect(await examine({ type: 'charge' })).toBe('10 wrong user');
    expect(await examine({ ...login, type: 'colour' })).toBe('90 type gecersiz');
    expect(simulator.stats()).toMatchObject({ requests: 3, refusedByCode: { '10': 2, '90': 1 } });
  });

  it('is met only by faults that are meant for account queries', async () => {
    simulator.faults.add({ kind: 'status', status: 503 });
    expect(await examine({ ...login, type: 'charge' })).toBe('10');
    simulator.faults.add({ kind: 'reply', code: '13', match: { on: 'account-query', username: 'firma' } });
    expect(await examine({ ...login, type: 'charge' })).toBe('13');
    expect(await examine({ ...login, username: 'x', type: 'charge' })).toBe('10 wrong user');
  });
});

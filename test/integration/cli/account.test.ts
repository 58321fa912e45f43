import { describe, expect, it } from 'vitest';
import { createCreditStore } from '../../../src/worker/account/credit/credit-store.ts';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { captureCli } from '../../unit/cli/capture.ts';

async function account(world: DeliveryWorld, more: Readonly<Record<string, string>> = {}) {
  const env = {
    JETSMS_REDIS_URL: world.settings.redisUrl,
    JETSMS_PREFIX: world.prefix,
    JETSMS_URL: world.account.url,
    JETSMS_SURFACE: world.account.surface,
    JETSMS_USERNAME: 'acme',
    JETSMS_PASSWORD: 'correct horse',
    JETSMS_TITLE: 'ACME',
    ...more,
  };
  const person = await captureCli(['account'], { env });
  const { exitCode, out } = await captureCli(['account', '--json'], { env });
  return { exitCode, view: JSON.parse(out.join('\n')), words: person.out.join('\n') };
}

/** The command's account is called `default`, as everything that has no configuration file. */
const asDefault = { name: 'default' } as const;

describe('jetsms account', () => {
  it.each(['xml', 'web-service'] as const)(
    'shows credit, titles, hold and queue over %s',
    async (surface) => {
      await using world = await createDelivery({
        account: { ...asDefault, surface },
        provider: { credit: 120, titles: ['ACME', 'ACME2'] },
      });
      await world.send({ text: 'x'.repeat(160) });
      await world.send({ sendAt: Date.now() + 3_600_000 });
      const { exitCode, view, words } = await account(world);
      expect(exitCode).toBe(0);
      expect(view).toMatchObject({
        account: 'default',
        surface,
        credit: { left: 120, usedPerHour: null, endsAt: null, coversWaiting: true },
        titles: ['ACME', 'ACME2'],
        hold: { held: false },
        queue: { waiting: 1, delayed: 1, dead: 0 },
        waiting: { jobs: 2, messages: 2, parts: 2, isEstimate: false },
        warnings: [],
      });
      expect(words).toContain('120; too few readings');
      expect(words).toContain('ACME, ACME2');
      expect(world.simulator.accepted).toHaveLength(0);
    },
  );

  it('says when the credit ends, and warns when that is soon', async () => {
    await using world = await createDelivery({ account: asDefault, provider: { credit: 100 } });
    const store = createCreditStore(world.redis, { prefix: world.prefix, account: 'default' });
    const halfAnHourAgo = { at: Date.now() - 1_800_000, credit: 125 };
    const waiting = { jobs: 0, messages: 0, parts: 0, isEstimate: false };
    await store.write({ ...halfAnHourAgo, waiting, forecast: { coversWaiting: true } }, 60_000);
    const { view, words } = await account(world);
    expect(view.credit).toMatchObject({ left: 100, usedPerHour: 50, hoursLeft: 2 });
    expect(view.warnings).toEqual(['At the present rate the credit ends within 6 hours.']);
    expect(words).toContain('100; 50 an hour, so until ');
  });

  it('warns of credit that does not cover what waits, and of a title that the account does not have', async () => {
    await using world = await createDelivery({ account: asDefault, provider: { credit: 1 } });
    await world.sendMany(3);
    const { view } = await account(world, { JETSMS_TITLE: 'YOK' });
    expect(view.warnings).toEqual([
      'The credit does not cover what waits: 3 SMS parts.',
      'The account has no title YOK: messages will get code 12.',
    ]);
  });

  it('says why JetSMS tells nothing, and ends with 1', async () => {
    await using world = await createDelivery({ account: asDefault });
    const { exitCode, view } = await account(world, { JETSMS_PASSWORD: 'wrong' });
    expect(exitCode).toBe(1);
    expect(view).toMatchObject({ credit: { left: null, why: 'code 10' }, titles: null });
  });
});

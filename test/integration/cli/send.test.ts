import { describe, expect, it } from 'vitest';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { captureCli } from '../../unit/cli/capture.ts';

async function send(world: DeliveryWorld, ...args: readonly string[]) {
  const env = {
    JETSMS_REDIS_URL: world.settings.redisUrl,
    JETSMS_PREFIX: world.prefix,
    JETSMS_TITLE: 'ACME',
  };
  const { exitCode, out } = await captureCli(['send', '--text', 'Merhaba', '--json', ...args], { env });
  return { exitCode, ...JSON.parse(out.join('\n')) };
}

describe('jetsms send --to', () => {
  it('sends to a number once however often it is named, and again when the command is repeated', async () => {
    await using world = await createDelivery({ account: { name: 'default' } });
    const to = ['--to', '0532 123 45 67', '+905321234567', '0533 123 45 67'];
    const expected = { exitCode: 0, lines: 3, enqueued: 2, parts: 2, before: 0, repeated: 1, refused: 0 };
    expect(await send(world, ...to, '--dry-run')).toMatchObject(expected);
    expect(await send(world, ...to)).toMatchObject(expected);
    expect(await send(world, ...to)).toMatchObject(expected);
    expect(await world.queue.count()).toBe(4);
  });
});

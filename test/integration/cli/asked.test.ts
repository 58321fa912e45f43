import { expect, it } from 'vitest';
import { createDelivery } from '../../support/delivery.ts';
import { waitFor } from '../../support/wait-for.ts';
import { captureCli } from '../../unit/cli/capture.ts';

it('jetsms dead show says that JetSMS is asked about a message, and how it was found', async () => {
  // The commands' account is called `default`, as everything that has no configuration file.
  const account = { name: 'default', surface: 'web-service', headersTimeoutMs: 300 } as const;
  await using world = await createDelivery({ account, random: () => 0.5 });
  const { redisUrl } = world.settings;
  const env = { JETSMS_REDIS_URL: redisUrl, JETSMS_PREFIX: world.prefix, JETSMS_TITLE: 'ACME' };
  const show = async (...args: readonly string[]): Promise<string> =>
    (await captureCli(['dead', 'show', ...args], { env })).out.join('\n');
  world.simulator.reports.change({ idLagMs: 3_600_000 });
  world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
  await world.startWorker();
  const { id } = await world.send();
  await waitFor(() => world.telemetry.asks.length >= 2, { what: 'two questions' });

  expect(await show(id)).toMatch(
    /JetSMS is asked +whether it was taken: the request of \S+Z got no answer; \d+ questions so far, until \S+Z/,
  );
  // Between two questions; while one is under way the job is active.
  const waiting = await waitFor(async () => {
    const shown = JSON.parse(await show(id, '--json'));
    return shown.state === 'delayed' && shown;
  });
  expect(waiting).toMatchObject({
    asking: { cause: 'reply-timeout', asked: expect.any(Number) },
    job: { whenUncertain: 'ask', whenNotFound: 'park' },
  });

  world.simulator.reports.change({ idLagMs: 0 });
  await world.end(id);
  const found = await show(id);
  expect(found).toMatch(/accepted +found-[12] +complete/);
  expect(found).toContain('JetSMS has it, as it said when it was asked');
  expect(JSON.parse(await show(id, '--json'))).toMatchObject({ state: 'accepted', asking: null });
});

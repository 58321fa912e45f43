import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import type { NewMessage } from '../../../src/producer/index.ts';
import { createHealthWatch } from '../../../src/watch/health.ts';
import { createQueueSnapshot } from '../../../src/watch/queue-snapshot.ts';
import { createTelemetry } from '../../../src/worker/report.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { expectDocumented, recordLog } from '../../support/log-lines.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

const secretText = 'Gizli sifreniz 8471';

/** Faults by what their messages' texts include, so that each message meets its own. */
function addFaults({ simulator: { faults } }: DeliveryWorld): void {
  const matching = (textIncludes: string) => ({ match: { textIncludes } });
  // JetSMS may quote what it was sent.
  faults.add({
    kind: 'reply',
    code: '80',
    text: `XML Error : ${secretText} ${numberAt(1)}`,
    ...matching('quoted'),
  });
  faults.add({ kind: 'reply', code: '98', text: `? ${numberAt(2)}`, ...matching('unknown') });
  faults.add({ kind: 'reply', code: '90-xml-null', ...matching('null') });
  faults.add({ kind: 'reply', code: '204', times: 1, ...matching('window') });
  faults.add({ kind: 'accept-then-reset', ...matching('reset') });
  faults.add({ kind: 'html-200', times: 1, ...matching('page') });
  faults.add({ kind: 'status', status: 503, times: 1, ...matching('busy') });
  faults.add({ kind: 'status', status: 403, ...matching('forbidden') });
}

const kinds = ['plain', 'quoted', 'unknown', 'null', 'reset', 'busy', 'forbidden'] as const;

async function sendOneOfEach(world: DeliveryWorld): Promise<readonly string[]> {
  const sends = kinds.map(
    (kind, n): Partial<NewMessage> => ({ to: `+${numberAt(n)}`, text: `${secretText} ${kind}` }),
  );
  const resent: Partial<NewMessage> = {
    to: `+${numberAt(50)}`,
    text: `${secretText} page`,
    lane: 'otp',
    whenUncertain: 'resend',
  };
  // It waits for its window for longer than the test does.
  await world.send({ to: `+${numberAt(51)}`, text: `${secretText} window` });
  const receipts = await Promise.all([...sends, resent].map((message) => world.send(message)));
  await world.enqueue(
    'expired-1',
    sendJob({ to: [numberAt(60)], text: secretText, deadlineAt: Date.now() - 1 }),
  );
  await world.enqueue('invalid-1', { ...sendJob({ to: [numberAt(61)] }), text: { secretText } });
  return [...receipts.map(({ id }) => id), 'expired-1', 'invalid-1'];
}

describe('a run with everything in it', () => {
  it('writes only documented lines; no line, metric or health page holds a number, a text or a password', async () => {
    await using world = await createDelivery({ account: { probeIntervalMs: 200, maxProbeIntervalMs: 200 } });
    addFaults(world);
    const ids = await sendOneOfEach(world);
    const recorded = recordLog();
    const metrics = createMetrics({ version: '1.2.3', accounts: [world.account] });
    const { redis, prefix } = world;
    metrics.collectWith(createQueueSnapshot({ redis, prefix, accounts: ['acme'], now: Date.now }));
    const worker = await world.startWorker({
      telemetryOf: (account) => createTelemetry({ account, log: recorded.log, metrics }),
    });
    const health = createHealthWatch({
      ...worker,
      prefix,
      lockDurationMs: world.settings.lockDurationMs,
      exitAfterMs: 0,
      onRedTooLong: () => {},
    });
    await health.start();
    // The forbidden one is given up only where others are accepted after it; without them it could be the endpoint.
    const others = setInterval(() => void world.send({ to: `+${numberAt(90)}`, text: secretText }), 500);
    const ends = await Promise.all(ids.map((id) => world.end(id, { limitMs: 20_000 }))).finally(() =>
      clearInterval(others),
    );
    health.stop();

    const reasons = ends.map(({ letter }) => letter?.reason ?? 'accepted');
    expect(new Set(reasons)).toEqual(
      new Set(['accepted', 'terminal', 'unknown-code', 'exhausted', 'uncertain', 'expired', 'invalid']),
    );
    await waitFor(
      () => recorded.lines.filter(({ msg }) => /^message\./.test(String(msg))).length >= ids.length,
    );
    for (const line of recorded.lines) expectDocumented(line);
    const events = new Set(recorded.lines.map(({ msg }) => msg));
    for (const outcome of ['accepted', 'refused', 'unsent', 'uncertain'])
      expect(events).toContain(`delivery.${outcome}`);

    const shown = {
      log: recorded.text(),
      metrics: await metrics.render(),
      health: JSON.stringify(health.current()),
    };
    for (const [place, text] of Object.entries(shown)) {
      expect(text, place).not.toMatch(/9053200000\d\d/);
      for (const secret of [secretText, '8471', world.account.password])
        expect(text, place).not.toContain(secret);
    }
    // The mask is there, so that what was looked for could have been found.
    expect(shown.log).toContain('+90*****00');
    expect(shown.metrics).toContain('jetsms_uncertain_open{account="acme"} 1');
  });
});

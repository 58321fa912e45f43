import { afterAll, beforeAll, expect, it } from 'vitest';
import { alerts, runbookOf } from '../../scripts/deploy/alert-table.ts';
import { tools } from '../../scripts/tools.ts';
import { describeWith } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';
import { type MonitoredRun, startMonitoredRun } from './monitored-run.ts';
import { panelQueries } from './panels.ts';

/** Traffic has been flowing for longer than the rates look back. */
const longEnough = 'min(time() - process_start_time_seconds) > 18';

describeWith([tools.prometheus, tools.alertmanager], 'two workers under traffic with faults', () => {
  let run: MonitoredRun;

  beforeAll(async () => {
    run = await startMonitoredRun();
    await waitFor(async () => (await run.query(longEnough)).length > 0, { limitMs: 60_000, everyMs: 500 });
  });

  afterAll(() => run?.[Symbol.asyncDispose]());

  it.each(panelQueries())('$name shows something', async ({ expression }) => {
    const seen = await waitFor(
      async () => (await run.query(expression)).filter(({ value }) => !Number.isNaN(value)),
      { limitMs: 5_000, everyMs: 500 },
    );
    expect(seen.length, expression).toBeGreaterThan(0);
  });

  it('tell what waits once, though each worker tells it', async () => {
    const told = await run.query('count by (account, reason) (jetsms_held)');
    expect(told.map(({ value }) => value)).toContain(2);
    expect(await run.query('sum(max by (account, reason) (jetsms_held))')).toMatchObject([{ value: 1 }]);
  });

  it('have all alert rules evaluated', async () => {
    const rules = await run.rules();
    expect(rules.map(({ name }) => name)).toEqual(alerts.map(({ name }) => name));
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('raise the alerts that the faults deserve, and no others', async () => {
    const deserved = [
      'JetsmsAccountHeld',
      'JetsmsCreditLow',
      'JetsmsDeadLettersGrowing',
      'JetsmsUncertainOpen',
      'JetsmsUnknownCode',
    ];
    const raised = await waitFor(
      async () => {
        const names = new Set((await run.alerts()).map(({ labels }) => labels['alertname']));
        return deserved.every((name) => names.has(name)) && names;
      },
      { limitMs: 20_000, everyMs: 500, what: deserved.join(', ') },
    );
    // The account without credit lets its messages wait; a fifth of the requests meets a fault.
    const allowed = [
      ...deserved,
      'JetsmsOtpWaiting',
      'JetsmsProviderErrors',
      'JetsmsRetriesExhausted',
      'JetsmsOtpBudgetBurning',
      'JetsmsAcceptedBudgetBurning',
    ];
    expect([...raised].filter((name) => name !== undefined && !allowed.includes(name))).toEqual([]);
  });

  it('have an alert reach whoever is to be told, with all it needs', async () => {
    const notice = await waitFor(
      () => run.notices.find(({ labels }) => labels['alertname'] === 'JetsmsUnknownCode'),
      { limitMs: 30_000, everyMs: 200, what: 'the notice of JetsmsUnknownCode' },
    );
    expect(notice).toMatchObject({
      status: 'firing',
      labels: { account: 'shop', severity: 'warning' },
      annotations: {
        summary:
          'Account shop: JetSMS answered with a code that it does not list. First: jetsms dead list --account shop --reason unknown-code',
        runbook: runbookOf({ name: 'JetsmsUnknownCode' }),
      },
    });
  });

  it('tell of nobody: no number and no text is in any alert', async () => {
    const everything = JSON.stringify([await run.alerts(), run.notices]);
    expect(everything).not.toMatch(/90532|0532|Siparis/);
    expect(everything).not.toContain('error expanding');
  });
});

import { defaultAccount, defaultPrefix } from '../../../src/queue/names.ts';
import { createHoldStore, type Hold } from '../../../src/worker/hold-store.ts';
import { resumeAsPerson } from '../../../src/worker/holds.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Evidence } from '../harness/evidence.ts';
import { requestSize } from '../harness/load.ts';
import { makeTroubles, type Scenario, type Troubles } from '../harness/scenario.ts';
import { connections, login, type World } from '../harness/world.ts';

const workers = 3;
const accountFaultLimit = 5;
const batchSize = 5;
/** Messages that the provider refuses for their own sake. */
const tooLong = '85';
/** Messages that were under way when the limit was reached: a request carries a batch, or a campaign's job. */
const mostBurnt = accountFaultLimit + workers * connections * Math.max(batchSize, requestSize);

const isStopped = (hold: Hold | undefined): boolean =>
  hold?.reason === 'account-fault' && hold.mode === 'stopped';

const accountTroubles: Troubles = {
  async 'credit gone, and back'({ simulator, pause, chance }) {
    simulator.accounts.update(login.username, { credit: 0 });
    await pause(chance.between(2_500, 5_000));
    simulator.accounts.update(login.username, { credit: Number.POSITIVE_INFINITY });
  },
  async 'password wrong, and right'(world) {
    const { simulator, pause, chance, redis } = world;
    simulator.accounts.update(login.username, { password: 'another' });
    const store = createHoldStore(redis.client(), { prefix: defaultPrefix, account: defaultAccount });
    await waitFor(async () => isStopped((await store.read()).hold), {
      limitMs: 20_000,
      everyMs: 50,
    });
    await pause(chance.between(500, 1_500));
    simulator.accounts.update(login.username, { password: login.password });
    await resumeAsPerson(store, {
      now: Date.now(),
      policy: { probeIntervalMs: 1_000, resumeRatePerSecond: 1_000 },
    });
  },
  async 'the endpoint down, and up'({ jetsmsPath, pause, chance }) {
    await jetsmsPath.refuse();
    jetsmsPath.cut();
    await pause(chance.between(2_000, 4_000));
    await jetsmsPath.accept();
  },
};

/** The account's fault must not burn its messages. */
export const account: Scenario = {
  name: 'account',
  title: 'Credit gone and back; password wrong and right; endpoint down and up',
  messages: 3_000,
  loadMs: 20_000,
  workers,
  settings: { JETSMS_ACCOUNT_FAULT_LIMIT: String(accountFaultLimit), JETSMS_BATCH_SIZE: String(batchSize) },
  act: (world, load) => makeTroubles(accountTroubles, world, load, [500, 1_500]),
  expect: burnt,
};

/** Only a wrong password and requests cut by the outage may cost messages, and only as many as were under way. */
function burnt({ cases, lines }: Evidence, { chronicle }: World): readonly string[] {
  // What the provider must refuse by itself is no fault of the account.
  const judged = cases.filter(({ message }) => !message.isTooLong);
  const letters = judged.flatMap(({ deadLetters }) => deadLetters.map(({ letter }) => letter));
  const byPassword = letters.filter(({ code }) => code === '10').length;
  const wrongTimes = chronicle.filter(({ fault }) => fault.startsWith('password')).length;
  const others = letters.filter(
    ({ code = '', reason }) => !['10', tooLong].includes(code) && reason !== 'uncertain',
  );
  const probes = lines.filter(({ code }) => code === '11').length;
  return [
    ...(byPassword > wrongTimes * mostBurnt ? [`${byPassword} dead letters by a wrong password`] : []),
    ...others.map(({ reason, code }) => `a dead letter ${reason} ${code ?? ''}`),
    ...(probes > 0 || chronicle.every(({ fault }) => !fault.startsWith('credit'))
      ? []
      : ['nobody saw code 11']),
  ];
}

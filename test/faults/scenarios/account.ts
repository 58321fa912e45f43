import type { Evidence } from '../harness/evidence.ts';
import { untilHeld, untilNotHeld, untilProbed } from '../harness/hold.ts';
import { tooLong } from '../harness/load.ts';
import { makeTroubles, type Scenario, type Troubles } from '../harness/scenario.ts';
import { login, type World } from '../harness/world.ts';

const workers = 3;
const batchSize = 5;
const accountTroubles: Troubles = {
  async 'credit gone, and back'(world, load) {
    const { simulator } = world;
    await untilNotHeld(world);
    simulator.accounts.update(login.username, { credit: 0 });
    await untilHeld(world, load, 'no-credit');
    await untilProbed(world, load);
    simulator.accounts.update(login.username, { credit: Number.POSITIVE_INFINITY });
  },
  async 'password wrong, and right'(world, load) {
    const { simulator } = world;
    // Under another hold no message would meet the wrong password: the question for the credit does.
    await untilNotHeld(world);
    simulator.accounts.update(login.username, { password: 'another' });
    await untilHeld(world, load, 'account-fault');
    await untilProbed(world, load);
    simulator.accounts.update(login.username, { password: login.password });
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
  settings: { JETSMS_BATCH_SIZE: String(batchSize) },
  act: (world, load) => makeTroubles(accountTroubles, world, load, [500, 1_500]),
  expect: burnt,
};

/** Each wrong password costs one message, its witness; requests that the outage cut are in doubt. */
function burnt({ cases, lines }: Evidence, { chronicle }: World): readonly string[] {
  const letters = cases.flatMap(({ deadLetters }) => deadLetters.map(({ letter }) => letter));
  const byPassword = letters.filter(({ code }) => code === '10').length;
  const wrongTimes = chronicle.filter(({ fault }) => fault.startsWith('password')).length;
  const others = letters.filter(
    ({ code = '', reason }) => !['10', tooLong.code].includes(code) && reason !== 'uncertain',
  );
  const probes = lines.filter(({ code }) => code === '11').length;
  return [
    ...(byPassword > wrongTimes
      ? [`${byPassword} dead letters by ${wrongTimes} times of a wrong password`]
      : []),
    ...others.map(({ reason, code }) => `a dead letter ${reason} ${code ?? ''}`),
    ...(probes > 0 || chronicle.every(({ fault }) => !fault.startsWith('credit'))
      ? []
      : ['nobody saw code 11']),
  ];
}

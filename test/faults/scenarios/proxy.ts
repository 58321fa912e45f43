import { type ConnectScript, refusing } from '../../support/connect-proxy.ts';
import { makeTroubles, type Scenario, type Troubles } from '../harness/scenario.ts';
import { proxyPassword } from '../harness/world.ts';

/** What the proxy between workers and JetSMS does, one after the other. */
const proxyTroubles: Troubles = {
  async 'the proxy dies and comes back'({ jetsmsProxy, pause, chance }) {
    await jetsmsProxy.die();
    await pause(chance.between(300, 2_500));
    await jetsmsProxy.comeBack();
  },
  async 'tunnels cut under requests'({ jetsmsProxy }) {
    jetsmsProxy.cut();
  },
  async 'the proxy cannot reach JetSMS'({ jetsmsProxy, pause, chance }) {
    await refuseFor(jetsmsProxy, 502, () => pause(chance.between(200, 1_000)));
  },
  async 'the proxy refuses the login'({ jetsmsProxy, pause, chance }) {
    await refuseFor(jetsmsProxy, 407, () => pause(chance.between(200, 1_000)));
  },
  async 'the proxy takes CONNECT and resets'({ jetsmsProxy, pause, chance }) {
    jetsmsProxy.setScript((client) => {
      client.write('HTTP/1.1 200 OK\r\n\r\n', () => client.resetAndDestroy());
    });
    jetsmsProxy.cut();
    await pause(chance.between(200, 1_000));
    jetsmsProxy.setScript(undefined);
  },
};

/** Tunnels that stand are cut, so that new ones are asked for. */
async function refuseFor(
  proxy: { setScript(script: ConnectScript | undefined): void; cut(): void },
  status: number,
  pause: () => Promise<void>,
): Promise<void> {
  proxy.setScript(refusing(status));
  proxy.cut();
  await pause();
  proxy.setScript(undefined);
}

/** The proxy on the way to JetSMS at its worst, under load. */
export const proxy: Scenario = {
  name: 'proxy',
  title:
    'The proxy on the way to JetSMS dies and comes back, cuts tunnels under requests, refuses the login, cannot get there',
  messages: 2_000,
  loadMs: 18_000,
  workers: 3,
  throughProxy: true,
  settings: { JETSMS_UNREACHABLE_AFTER: '10' },
  async act(world, load) {
    await makeTroubles(proxyTroubles, world, load, [200, 1_200]);
  },
  expect({ lines }) {
    const told = lines.filter((line) => JSON.stringify(line).includes(proxyPassword));
    return told.length === 0 ? [] : [`${told.length} lines of the log hold the password of the proxy`];
  },
};

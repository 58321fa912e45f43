import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import { createFailoverWatch } from './failover-watch.ts';
import type { RedisHost } from './redis-address.ts';
import { createSentinels, type SentinelsPlace } from './sentinels.ts';

type Emit = Parameters<InstanceType<NonNullable<RedisOptions['Connector']>>['connect']>[0];
type Socket = ReturnType<typeof createConnection>;

/** What ioredis itself says where a connection is given up before it is there; it passes over these words. */
const closed = 'Connection is closed.';

/** How long a socket that was told to end may stay open, in milliseconds: ioredis' own default. */
const disconnectTimeoutMs = 2_000;

/**
 * What leads ioredis to the primary that Sentinels name. A duplicate of a connection has it too, so that all of them share
 * what is known of the Sentinels, and one watch.
 *
 * It is not ioredis' own: that hides why a Sentinel did not answer, waits without limit for one that is silent, and may
 * give a connection up for good, without a word, while Sentinels are away.
 */
export function primaryConnector(place: SentinelsPlace): NonNullable<RedisOptions['Connector']> {
  const sentinels = createSentinels(place);
  const watch = createFailoverWatch(place);

  const open = ({ host, port }: RedisHost): Socket => {
    const { family } = place.address;
    const where = { host, port, ...(family === undefined ? {} : { family }) };
    return place.tls ? connectTls({ ...place.tls, ...where }) : createConnection(where);
  };

  return class PrimaryConnector extends AbstractConnector {
    #giveUp = new AbortController();

    constructor() {
      super(disconnectTimeoutMs);
    }

    override async connect(emit: Emit): Promise<Socket> {
      this.connecting = true;
      this.#giveUp = new AbortController();
      const { signal } = this.#giveUp;
      for (let tries = 1; ; tries += 1) {
        const found = await sentinels.find(signal).catch((error: Error) => error);
        if (signal.aborted) throw new Error(closed);
        if (!(found instanceof Error)) return this.#connectTo(found);
        emit('error', found);
        await pause(Math.min(tries * 100, 1_000), undefined, { signal }).catch(() => {}); // given up: the next round sees it
      }
    }

    #connectTo(primary: RedisHost): Socket {
      const socket = open(primary);
      socket.once('error', (error) => {
        this.firstError = error;
      });
      watch.join(socket, primary);
      this.stream = socket;
      return socket;
    }

    /** Where Redis does not tell its role, for want of a right, its refusals do. */
    override check(info: { readonly role?: string }): boolean {
      const isPrimary = info.role === undefined || info.role === 'master';
      if (!isPrimary) sentinels.distrust();
      return isPrimary;
    }

    override disconnect(): void {
      this.#giveUp.abort();
      super.disconnect();
    }
  };
}

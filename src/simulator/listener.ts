import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { ListenOptions } from './contract.ts';
import { SimulatorNotListeningError } from './errors.ts';

/** The simulator's network: one HTTP server that can stop and start again. */
export interface Listener {
  readonly url: string;
  listen(options?: ListenOptions): Promise<void>;
  close(): Promise<void>;
  /** Resolves after so long; rejects when the listener closes. */
  pause(delayMs: number): Promise<void>;
}

interface RunningServer {
  readonly server: Server;
  readonly closing: AbortController;
  readonly url: string;
}

export function createListener(onRequest: RequestListener): Listener {
  let running: RunningServer | undefined;

  return {
    get url() {
      if (running === undefined) throw new SimulatorNotListeningError();
      return running.url;
    },
    async listen({ port = 0, host = '127.0.0.1' } = {}) {
      // Longer than any client keeps an idle connection, so that only a fault ends one from this side.
      const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, onRequest);
      server.listen(port, host);
      await once(server, 'listening');
      running = { server, closing: new AbortController(), url: urlOf(server, host) };
    },
    async close() {
      if (running === undefined) return;
      const { server, closing } = running;
      running = undefined;
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async pause(delayMs) {
      await pauseFor(delayMs, undefined, running === undefined ? {} : { signal: running.closing.signal });
    },
  };
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** `up` flows from the client to the target, `down` back to the client. */
export type Direction = 'up' | 'down';
export type Directions = Direction | 'both';

export interface ProxyCounters {
  /** Connections taken, ever. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Bytes forwarded, ever. */
  readonly up: number;
  readonly down: number;
}

/** A TCP proxy whose network can be made bad while it runs. Every control acts on open and on new connections. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  counters(): ProxyCounters;
  /** New connections lead there; open ones stay with their target, as behind an address that moves. */
  pointTo(target: ProxyTarget): void;
  /** Resets every open connection on both sides. New ones are taken as before. */
  cut(): void;
  /** Nobody listens any more: new connections are refused, open ones live on. */
  refuse(): Promise<void>;
  /** Listens again on the same port. */
  accept(): Promise<void>;
  /** Connections stay open and bytes are kept back. */
  stall(directions?: Directions): void;
  /** Ends `stall`, `delay` and `resetAfter`; bytes kept back flow on in order. */
  resume(): void;
  /** Every piece is forwarded this much later, in order; a piece waits for the one before it. */
  delay(delayMs: number, directions?: Directions): void;
  /** Ends one direction of the open connections, as if its sender had closed its half. */
  halfClose(direction: Direction): void;
  /** Resets a connection as soon as it would carry more than this many bytes in this direction, counted from now. */
  resetAfter(bytes: number, direction: Direction): void;
  close(): Promise<void>;
}

interface Fault {
  stalled: Promise<void> | undefined;
  unstall: () => void;
  delayMs: number;
  resetAfter: number | undefined;
}

interface Link {
  readonly client: Socket;
  readonly target: Socket;
  /** Bytes carried since the latest `resetAfter` of the direction. */
  readonly carried: Record<Direction, number>;
}

interface Hop {
  readonly link: Link;
  readonly direction: Direction;
  readonly from: Socket;
  readonly to: Socket;
}

export interface ProxyTarget {
  readonly host?: string;
  readonly port: number;
}

/** Starts a proxy on a free port of the loopback address that forwards to the target. */
export async function startTcpProxy(firstTarget: ProxyTarget): Promise<TcpProxy> {
  let { host = '127.0.0.1', port: targetPort } = firstTarget;
  const faults: Record<Direction, Fault> = { up: noFault(), down: noFault() };
  const counters = { accepted: 0, up: 0, down: 0 };
  const links = new Set<Link>();

  const carry = async ({ link, direction, from, to }: Hop): Promise<void> => {
    for await (const piece of from as AsyncIterable<Buffer>) {
      const fault = faults[direction];
      if (fault.delayMs > 0) await pause(fault.delayMs);
      while (fault.stalled !== undefined) await fault.stalled;
      const room = fault.resetAfter === undefined ? piece.length : fault.resetAfter - link.carried[direction];
      const passed = piece.subarray(0, Math.max(0, room));
      // What comes behind a half-close has nowhere to go.
      if (to.writableEnded) continue;
      if (passed.length > 0) await write(to, passed);
      link.carried[direction] += passed.length;
      counters[direction] += passed.length;
      if (passed.length < piece.length) return reset(link);
    }
    to.end();
  };

  const open = (client: Socket): void => {
    counters.accepted += 1;
    const target = dial({ host, port: targetPort, allowHalfOpen: true, noDelay: true });
    const link: Link = { client, target, carried: { up: 0, down: 0 } };
    links.add(link);
    for (const socket of [client, target]) {
      socket.on('error', () => reset(link));
      socket.on('close', () => {
        if (client.destroyed && target.destroyed) links.delete(link);
      });
    }
    // A broken connection ends both halves; `reset` has dealt with it.
    carry({ link, direction: 'up', from: client, to: target }).catch(() => reset(link));
    carry({ link, direction: 'down', from: target, to: client }).catch(() => reset(link));
  };

  let server = await listen(open, 0);
  const port = portOf(server);

  const refuse = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await waitUntilRefused(port);
  };
  const resume = (): void => {
    for (const fault of [faults.up, faults.down]) {
      fault.delayMs = 0;
      fault.resetAfter = undefined;
      fault.unstall();
    }
  };
  const cut = (): void => {
    for (const link of links) reset(link);
  };
  const close = async (): Promise<void> => {
    resume();
    cut();
    await refuse();
  };

  return {
    host: '127.0.0.1',
    port,
    counters: () => ({ ...counters, open: links.size }),
    pointTo(target) {
      ({ host = '127.0.0.1', port: targetPort } = target);
    },
    cut,
    refuse,
    async accept() {
      if (!server.listening) server = await listen(open, port);
    },
    stall(directions = 'both') {
      for (const direction of each(directions)) stallFault(faults[direction]);
    },
    resume,
    delay(delayMs, directions = 'both') {
      for (const direction of each(directions)) faults[direction].delayMs = delayMs;
    },
    halfClose(direction) {
      for (const { client, target } of links) (direction === 'up' ? target : client).end();
    },
    resetAfter(bytes, direction) {
      faults[direction].resetAfter = bytes;
      for (const { carried } of links) carried[direction] = 0;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function noFault(): Fault {
  return { stalled: undefined, unstall: () => {}, delayMs: 0, resetAfter: undefined };
}

function stallFault(fault: Fault): void {
  if (fault.stalled !== undefined) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  fault.stalled = promise;
  fault.unstall = () => {
    fault.stalled = undefined;
    resolve();
  };
}

function each(directions: Directions): readonly Direction[] {
  return directions === 'both' ? ['up', 'down'] : [directions];
}

function reset({ client, target }: Link): void {
  client.resetAndDestroy();
  target.resetAndDestroy();
}

async function write(to: Socket, piece: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  to.write(piece, (error) => (error ? reject(error) : resolve()));
  await promise;
}

async function listen(open: (client: Socket) => void, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, open);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no TCP port');
  return address.port;
}

/** `server.close()` calls back only when the last connection ended; refusing begins earlier. */
async function waitUntilRefused(port: number): Promise<void> {
  for (;;) {
    const probe = dial({ port, host: '127.0.0.1' });
    const refused = await once(probe, 'connect').then(
      () => false,
      () => true,
    );
    probe.destroy();
    if (refused) return;
  }
}

import { Redis } from 'ioredis';
import type { RedisHost } from './redis-address.ts';
import { type SentinelsPlace, sentinelOptions } from './sentinels.ts';

/** A connection to a primary. */
export interface PrimarySocket {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** Leaves a primary as soon as a Sentinel says that another has taken its place. */
export interface FailoverWatch {
  /** From now on, until it closes, the socket is destroyed when its primary is no longer the one. */
  join(socket: PrimarySocket, primary: RedisHost): void;
}

const channel = '+switch-master';

/** How long until a Sentinel that is away is tried again, in milliseconds. */
const tryAgainMs = 2_000;

/**
 * Listens to all Sentinels for as long as there is a connection. An old primary whose machine or network is gone closes
 * nothing: without this its connections would be left only after their silence.
 */
export function createFailoverWatch(place: SentinelsPlace): FailoverWatch {
  const sockets = new Map<PrimarySocket, RedisHost>();
  let listeners: readonly Redis[] = [];

  const onSwitch = (_channel: string, message: string): void => {
    const [name, , , host, port] = message.split(' ');
    if (name !== place.address.name) return;
    for (const [socket, primary] of sockets)
      if (primary.host !== host || String(primary.port) !== port) socket.destroy();
  };
  const listen = (): void => {
    listeners = place.address.sentinels.map((sentinel) => listenTo(sentinel, place, onSwitch));
  };
  const leave = (socket: PrimarySocket): void => {
    sockets.delete(socket);
    if (sockets.size > 0) return;
    for (const listener of listeners) listener.disconnect();
    listeners = [];
  };
  return {
    join(socket, primary) {
      sockets.set(socket, primary);
      socket.once('close', () => leave(socket));
      if (listeners.length === 0) listen();
    },
  };
}

function listenTo(
  { host, port }: RedisHost,
  place: SentinelsPlace,
  onSwitch: (channel: string, message: string) => void,
): Redis {
  const { commandTimeout: _none, ...options } = sentinelOptions(place);
  const redis = new Redis({
    ...options,
    host,
    port,
    maxRetriesPerRequest: null,
    retryStrategy: () => tryAgainMs,
  });
  // A Sentinel that is away is no trouble as long as others are there; none there is told by whoever asks them.
  redis.on('error', () => {});
  redis.on('message', onSwitch);
  redis.subscribe(channel).catch(() => {}); // it fails only where the connection has been given up
  return redis;
}

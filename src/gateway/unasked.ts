import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections over which nothing was asked yet. */
export interface UnaskedConnections {
  /** Ends them, and whatever connects from then on. */
  end(): void;
}

/**
 * Watches a server for connections without a request. Node ends idle connections when a server closes, but takes those
 * for busy: clients that connect ahead of their requests would hold up the end.
 */
export function watchUnasked(server: Server): UnaskedConnections {
  const unasked = new Map<string, Socket>();
  let isOver = false;
  server.on('connection', (socket: Socket) => {
    if (isOver) return void socket.destroy();
    const key = peerOf(socket);
    unasked.set(key, socket);
    socket.once('close', () => {
      if (unasked.get(key) === socket) unasked.delete(key);
    });
  });
  server.on('request', ({ socket }) => unasked.delete(peerOf(socket)));
  return {
    end() {
      isOver = true;
      for (const socket of unasked.values()) socket.destroy();
    },
  };
}

/** With TLS a request has another socket than its connection, but they have the same peer. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../contenders/message.ts';
import { answer, sharedNow } from './answer.ts';
import { takeAnswer } from './http-request.ts';
import type { Span } from './producer.ts';

/** What a process that calls a gateway is told on its command line, as JSON. */
export interface HttpCallerTask {
  readonly url: string;
  readonly key: string;
  /** Connections that stay open, each with at most one request under way. */
  readonly connections: number;
}

/** Requests on all connections, each connection awaiting its answer and then sending the next one. */
export interface PostsTask {
  /** The first message's number. */
  readonly first: number;
  /** Messages. */
  readonly count: number;
  /** Messages in a request: 1 for single ones, else batches. */
  readonly size: number;
  /** How many of the connections are used. */
  readonly callers: number;
}

/** Single messages at a steady rate, whether the ones before are answered or not. */
export interface SteadyTask {
  readonly first: number;
  readonly count: number;
  readonly perSecond: number;
}

const { url, key, connections } = JSON.parse(process.argv[2] ?? '{}') as HttpCallerTask;
const { hostname, port } = new URL(url);

/** HTTP over bare sockets, because it shares the cores with those that are measured. */
async function openConnection() {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let waiting: PromiseWithResolvers<string> | undefined;
  const lost = (): void => waiting?.reject(new Error('the gateway has ended a connection'));
  socket.on('close', lost).on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    received += piece.toString('latin1');
    const taken = takeAnswer(received);
    if (!taken) return;
    received = received.slice(taken.end);
    const { status, body } = taken;
    if (status === 202 || status === 207) waiting?.resolve(body);
    else waiting?.reject(new Error(`the gateway answered ${status}`));
  });
  return {
    /** The body of the answer, where it is as it should be. */
    post(path: string, body: string): Promise<string> {
      waiting = Promise.withResolvers<string>();
      const head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n`;
      socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      return waiting.promise;
    },
  };
}

const open = await Promise.all(Array.from({ length: connections }, openConnection));

const single = (n: number): string => JSON.stringify(messageOf(n));
const batch = (first: number, size: number): string =>
  JSON.stringify({ messages: Array.from({ length: size }, (_, index) => messageOf(first + index)) });

/** @throws where not every message of the batch was stored */
function checkBatch(body: string, size: number): void {
  const stored = Number(/"stored":(\d+)/.exec(body)?.[1]);
  if (stored !== size) throw new Error(`the gateway stored ${stored} of ${size} messages of a batch`);
}

answer('posts', async ({ first, count, size, callers }: PostsTask) => {
  let next = first;
  const beganAt = sharedNow();
  const call = async (connection: (typeof open)[number]): Promise<void> => {
    while (next < first + count) {
      const n = next;
      next += size;
      if (size === 1) await connection.post('/v1/messages', single(n));
      else checkBatch(await connection.post('/v1/messages/batch', batch(n, size)), size);
    }
  };
  await Promise.all(open.slice(0, callers).map(call));
  return { beganAt, endedAt: sharedNow() } satisfies Span;
});

/** How long each took from when it was due, in milliseconds: one that had to wait for a free connection waited. */
answer('steady', async ({ first, count, perSecond }: SteadyTask) => {
  const idle = [...open];
  const due: number[] = [];
  const tookMs: number[] = [];
  const failures: unknown[] = [];
  let sent = 0;
  const send = async (connection: (typeof open)[number], n: number, at: number): Promise<void> => {
    await connection.post('/v1/messages', single(n));
    tookMs.push(sharedNow() - at);
    const nextDue = due.shift();
    if (nextDue === undefined) return void idle.push(connection);
    sent += 1;
    await send(connection, first + sent - 1, nextDue);
  };
  const beganAt = sharedNow();
  for (let made = 0; made < count; ) {
    const soFar = Math.min(count, Math.floor(((sharedNow() - beganAt) / 1_000) * perSecond));
    for (; made < soFar; made += 1) {
      const at = beganAt + (made * 1_000) / perSecond;
      const connection = idle.pop();
      if (connection === undefined) {
        due.push(at);
        continue;
      }
      sent += 1;
      send(connection, first + sent - 1, at).catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
    await pause(1);
  }
  while (tookMs.length < count) {
    if (failures.length > 0) throw failures[0];
    await pause(1);
  }
  return tookMs;
});

answer('ready', () => true);

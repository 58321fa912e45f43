import { createServer, type Socket } from 'node:net';
import { answer, sharedNow } from './answer.ts';
import { countMessages, marksOf, takeRequest } from './http-request.ts';

/** What the provider has seen. Times are those of `sharedNow()`. */
export interface ProviderReport {
  readonly requests: number;
  /** Messages whose request was answered. */
  readonly answered: number;
  /** When each request was answered, and how many messages were answered by then. */
  readonly series: readonly (readonly [at: number, answered: number])[];
  /** When each marked message arrived. */
  readonly marks: readonly (readonly [mark: number, at: number])[];
  /** When the last message without a mark arrived. */
  readonly lastUnmarkedAt: number;
}

/** The same without its long lists. */
export interface ProviderCounts {
  readonly answered: number;
  /** Marked messages that have arrived. */
  readonly marked: number;
}

/**
 * A JetSMS that costs as little as possible: it accepts every document after a fixed latency. It speaks HTTP over bare
 * sockets, because it shares the cores with those that are measured.
 */
const latencyMs = Number(process.argv[2] ?? 0);
let requests = 0;
let answered = 0;
let lastUnmarkedAt = 0;
const series: [number, number][] = [];
const marks = new Map<number, number>();
let awaited: { readonly count: number; readonly resolve: (at: number) => void } | undefined;

function receive(body: string, socket: Socket): void {
  const messages = countMessages(body);
  const found = marksOf(body);
  for (const mark of found) marks.set(mark, sharedNow());
  if (messages > found.length) lastUnmarkedAt = sharedNow();
  if (latencyMs === 0) accept(messages, socket);
  else setTimeout(() => accept(messages, socket), latencyMs);
}

function accept(messages: number, socket: Socket): void {
  // Other questions, such as that for the credit, are no deliveries.
  if (messages > 0) requests += 1;
  const groupId = String(260_101_000_000_000 + requests);
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\n00 ${groupId}`);
  if (messages === 0) return;
  answered += messages;
  const at = sharedNow();
  series.push([at, answered]);
  if (awaited && answered >= awaited.count) awaited.resolve(at);
}

const server = createServer((socket) => {
  let received = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    received += piece.toString('latin1');
    for (let taken = takeRequest(received); taken; taken = takeRequest(received)) {
      received = received.slice(taken.end);
      receive(taken.body, socket);
    }
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  answer('url', () => `http://127.0.0.1:${port}`);
});
answer(
  'report',
  () => ({ requests, answered, series, marks: [...marks], lastUnmarkedAt }) satisfies ProviderReport,
);
answer('counts', () => ({ answered, marked: marks.size }) satisfies ProviderCounts);
/** When so many messages were answered: an answer that waits for it. */
answer('until', (count: number) => {
  if (answered >= count) return series.find(([, sum]) => sum >= count)?.[0];
  return new Promise<number>((resolve) => {
    awaited = { count, resolve };
  });
});

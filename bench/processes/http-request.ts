/** One HTTP request with its whole body, and where the next one begins. */
export interface TakenRequest {
  readonly body: string;
  readonly end: number;
}

/** The first request of what a connection has brought so far; nothing while it is incomplete. */
export function takeRequest(received: string): TakenRequest | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, headEnd))?.[1] ?? '0';
  const end = headEnd + 4 + Number(length);
  return received.length < end ? undefined : { body: received.slice(headEnd + 4, end), end };
}

/** The recipients of a document: the bench's numbers begin with 905, and its texts hold none. */
export const countMessages = (body: string): number => body.match(/\b905\d{9}\b/g)?.length ?? 0;

/** The marks in the texts of a document: `#17#`. */
export const marksOf = (body: string): readonly number[] =>
  body.includes('#') ? Array.from(body.matchAll(/#(\d+)#/g), ([, mark]) => Number(mark)) : [];

/** One HTTP answer with its whole body, and where the next one begins. */
export interface TakenAnswer extends TakenRequest {
  readonly status: number;
}

/** The first answer of what a connection has brought so far: its head ends as that of a request does. */
export function takeAnswer(received: string): TakenAnswer | undefined {
  const taken = takeRequest(received);
  return taken && { ...taken, status: Number(received.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)) };
}

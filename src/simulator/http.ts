import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer that is not yet sent. */
export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of a request; undefined where it is larger than the limit, or its sender went away. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

/** Writes the whole answer. */
export function answer(response: ServerResponse, reply: HttpReply): void {
  response.writeHead(reply.status, headersOf(reply));
  response.end(reply.body);
}

/** The headers of an answer, its full length included. */
export function headersOf(reply: HttpReply): Record<string, string> {
  return {
    'Content-Type': reply.contentType,
    'Content-Length': String(Buffer.byteLength(reply.body)),
    ...reply.headers,
  };
}

import type { IncomingMessage } from 'node:http';
import type { HttpReply } from './http.ts';
import type { Decision } from './provider.ts';
import type { Reading, Surface } from './submission.ts';

/** How one surface reads requests to send and writes answers. */
export interface SendSurface {
  readonly name: Surface;
  read(body: Buffer, request: IncomingMessage): Reading;
  write(decision: Decision): HttpReply;
}

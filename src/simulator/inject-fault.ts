import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './fault-rule.ts';
import { answer, type HttpReply, headersOf } from './http.ts';
import { writeFault } from './web-service/write.ts';

/** One request whose answer is due. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the provider would answer. */
  readonly reply: HttpReply;
  /** Resolves after so long; rejects when the simulator closes. */
  readonly pause: (delayMs: number) => Promise<void>;
}

const proxyPage =
  '<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head>' +
  '<body><h1>The service is temporarily unavailable</h1></body></html>\n';

/** Ends the connection with a TCP reset. */
export function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

/** Answers in the way of the fault. */
export async function injectFault(fault: Fault, exchange: Exchange): Promise<void> {
  const { request, response, reply, pause } = exchange;
  switch (fault.kind) {
    case 'hang':
    case 'accept-then-hang':
      return;
    case 'reset-before-body':
    case 'reset-after-read':
    case 'accept-then-reset':
      return reset(request);
    case 'half-close':
      request.socket.end();
      return;
    case 'cut-reply':
      return cut(exchange);
    case 'slow-body':
      return sendSlowly(exchange, fault.durationMs);
    case 'latency':
      await pause(fault.latencyMs);
      return answer(response, reply);
    default:
      answer(response, replaced(fault, reply));
  }
}

/** Faults whose answer is not simply another whole one. */
type Unfinished =
  | 'hang'
  | 'accept-then-hang'
  | 'reset-before-body'
  | 'reset-after-read'
  | 'accept-then-reset'
  | 'half-close'
  | 'cut-reply'
  | 'slow-body'
  | 'latency';
type Replacing = Exclude<Fault, Extract<Fault, { kind: Unfinished }>>;

function replaced(fault: Replacing, reply: HttpReply): HttpReply {
  switch (fault.kind) {
    case 'reply':
    case 'refuse-recipient':
      return reply;
    case 'soap-fault': {
      const { faultCode = 'Server', text = 'Server was unable to process request.', status } = fault;
      return writeFault({ code: faultCode, text }, status);
    }
    case 'raw-reply':
      return { status: 200, contentType: fault.contentType ?? 'text/plain; charset=utf-8', body: fault.body };
    case 'html-200':
      return { status: 200, contentType: 'text/html; charset=utf-8', body: proxyPage };
    case 'empty-200':
      return { ...reply, status: 200, body: '' };
    case 'status': {
      const headers = fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) };
      return { status: fault.status, contentType: 'text/html; charset=utf-8', body: proxyPage, headers };
    }
  }
}

/** Half of the body that the headers announce, then the end of the connection. */
function cut({ response, reply }: Exchange): void {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, headersOf(reply));
  response.write(body.subarray(0, body.length >> 1), () => response.socket?.end());
}

async function sendSlowly({ response, reply, pause }: Exchange, durationMs: number): Promise<void> {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, headersOf(reply));
  response.flushHeaders();
  for (let i = 0; i < body.length && !response.destroyed; i += 1) {
    await pause(durationMs / body.length);
    response.write(body.subarray(i, i + 1));
  }
  response.end();
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call, Endpoint } from './endpoint.ts';
import { type Fault, takesMessages } from './fault-rule.ts';
import { answer, type HttpReply, readBody } from './http.ts';
import { injectFault, reset } from './inject-fault.ts';
import { readNumber } from './numbers.ts';
import type { Provider } from './provider.ts';
import { refusalOf } from './replies.ts';

/** What is needed to answer requests at one endpoint. */
export interface Route {
  readonly provider: Provider;
  readonly endpoint: Endpoint;
  readonly maxBodyBytes: number;
  /** Resolves after so long; rejects when the simulator closes. */
  readonly pause: (delayMs: number) => Promise<void>;
}

/** Answers one request, by the fault that applies to it where there is one. */
export async function handleRequest(
  { provider, endpoint, maxBodyBytes, pause }: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  provider.tally.request();
  if (provider.faults.takeEarly(endpoint.early(request)) !== undefined) return reset(request);
  const body = await readBody(request, maxBodyBytes);
  if (body === undefined) return refuseBody(request, response);

  const call = endpoint.read(body, request);
  count(provider, call);
  const fault = provider.faults.take(call.facts);
  const reply = decide(provider, call, fault);

  // The latency comes after the acceptance, so that a client that gives up does not know whether it was accepted.
  const latencyMs = provider.rollLatencyMs();
  if (latencyMs > 0) await pause(latencyMs);
  if (fault === undefined) return answer(response, reply);
  return injectFault(fault, { request, response, reply, pause });
}

function count({ tally, reports }: Provider, { facts, question }: Call): void {
  if (facts.operation !== undefined) tally.operation(facts.operation);
  if (question !== undefined) reports.questions.asked(question, reports.book);
}

const noReply: HttpReply = { status: 200, contentType: 'text/plain; charset=utf-8', body: '' };

function decide(provider: Provider, call: Call, fault: Fault | undefined): HttpReply {
  if (fault?.kind === 'refuse-recipient') {
    return call.answer({ to: readNumber(fault.match.to) ?? fault.match.to, status: fault.code });
  }
  if (fault === undefined || takesMessages(fault)) return call.answer();
  if (fault.kind !== 'reply') return noReply;
  const refusal = scripted(fault);
  provider.tally.refused(refusal.code);
  return call.refuse(refusal);
}

function scripted({ code, text }: Extract<Fault, { kind: 'reply' }>) {
  const listed = refusalOf(code) ?? { code, text: '' };
  return text === undefined ? listed : { code: listed.code, text };
}

function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.destroyed && !request.complete) return;
  response.setHeader('Connection', 'close');
  answer(response, { status: 413, contentType: 'text/plain; charset=utf-8', body: 'Request too large' });
}

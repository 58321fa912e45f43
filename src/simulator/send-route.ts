import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestFacts } from './fault-book.ts';
import { type Fault, takesMessages } from './fault-rule.ts';
import { answer, type HttpReply, readBody } from './http.ts';
import { misbehave, reset } from './misbehave.ts';
import type { Decision, Provider } from './provider.ts';
import { refusalOf } from './replies.ts';
import type { Reading } from './submission.ts';
import type { SendSurface } from './surface.ts';

/** What a request to send is answered with and by. */
export interface SendRoute {
  readonly provider: Provider;
  readonly surface: SendSurface;
  readonly maxBodyBytes: number;
  /** Resolves after so long; rejects when the simulator closes. */
  readonly pause: (delayMs: number) => Promise<void>;
}

const noReply: HttpReply = { status: 200, contentType: 'text/plain; charset=utf-8', body: '' };

/** Answers one request to send, or lets the fault happen that befalls it. */
export async function handleSend(
  { provider, surface, maxBodyBytes, pause }: SendRoute,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  provider.tally.request();
  const facts: RequestFacts = { surface: surface.name, on: 'send' };
  if (provider.faults.takeEarly(facts) !== undefined) return reset(request);
  const body = await readBody(request, maxBodyBytes);
  if (body === undefined) return refuseBody(request, response);

  const reading = surface.read(body, request);
  const fault = provider.faults.take(
    reading.kind === 'submission' ? { ...facts, submission: reading.submission } : facts,
  );
  const decision = decide(provider, reading, fault);
  if (decision?.kind === 'refused') provider.tally.refused(decision.refusal.code);
  const reply = decision === undefined ? noReply : surface.write(decision);

  // The latency lies between the acceptance and the answer: that is where a client that gives up is uncertain.
  const latencyMs = provider.rollLatencyMs();
  if (latencyMs > 0) await pause(latencyMs);
  if (fault === undefined) return answer(response, reply);
  return misbehave(fault, { request, response, reply, pause });
}

/** Undefined where a fault keeps the provider from seeing the request. */
function decide(provider: Provider, reading: Reading, fault: Fault | undefined): Decision | undefined {
  if (fault?.kind === 'reply') return { kind: 'refused', refusal: scripted(fault) };
  if (fault !== undefined && !takesMessages(fault)) return undefined;
  return reading.kind === 'refused' ? reading : provider.take(reading.submission);
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

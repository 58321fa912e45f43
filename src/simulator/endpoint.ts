import type { IncomingMessage } from 'node:http';
import type { FaultFacts } from './fault-book.ts';
import type { HttpReply } from './http.ts';
import type { SpoiltRecipient } from './judge.ts';
import type { ReportQuestion } from './report-question.ts';
import type { ProviderRefusal } from './submission.ts';

/** One address of the provider: reads what comes, and knows how its answers are written. */
export interface Endpoint {
  /** What is known of a request before its body is read. */
  early(request: IncomingMessage): FaultFacts;
  read(body: Buffer, request: IncomingMessage): Call;
}

/** A request that has been read, its answer not yet decided. */
export interface Call {
  readonly facts: FaultFacts;
  /** Where it asks for reports: counted as soon as it is read, whatever a fault makes of it. */
  readonly question?: ReportQuestion;
  /** Lets the provider decide: what it accepts is charged and recorded. */
  answer(spoilt?: SpoiltRecipient): HttpReply;
  /** Writes a refusal that a fault asked for. */
  refuse(refusal: ProviderRefusal): HttpReply;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from '../answers.ts';
import { type Operation, operations } from '../operations.ts';
import type { Refusal } from '../problem.ts';
import { refusalOf } from '../refusals.ts';
import { respond } from '../respond.ts';

/** What an operation does with a request. What it throws becomes a problem. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<Outcome>;

/** Serves an operation of the table. */
export function serve(app: FastifyInstance, name: keyof typeof operations, handle: Handler): void {
  const { method, url, schema, right }: Operation = operations[name];
  app.route({
    method,
    url,
    schema,
    config: { operation: name, ...(right === undefined ? {} : { right }) },
    handler: async (request, reply) => respond(request, reply, await handle(request, reply)),
  });
}

/** Where something was stored or changed before Redis was lost, whatever the last question says of itself. */
export const perhapsDone = (refusal: Refusal): Refusal =>
  refusal.status === 503 ? { ...refusal, facts: { ...refusal.facts, mayBeStored: true } } : refusal;

/** An answer whose problems speak of a parameter or a header and not of the body. */
export async function orRefusal(
  work: () => Promise<Outcome>,
  spotOf: Parameters<typeof refusalOf>[1],
  toldAs: (refusal: Refusal) => Refusal = (refusal) => refusal,
): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    const refusal = refusalOf(error, spotOf);
    // What nobody expected is logged where all of that is.
    if (refusal.flaws[0].code === 'UNEXPECTED') throw error;
    return toldAs(refusal);
  }
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../log/logger.ts';
import { isRead } from './access.ts';
import { addressOf } from './address.ts';
import { isOurId } from './mask.ts';

export interface ChangeLogOptions {
  readonly log: Logger;
  /** Whose login it is; undefined where there is none. */
  readonly user: string | undefined;
  /** Bull Board's names of the queues. */
  readonly queueNames: ReadonlySet<string>;
}

/**
 * Writes a line for everything that somebody who is let in wanted to change: who, from where, what, and what became of
 * it. Comes behind the guard of the login: the others have changed nothing, and are no users. The line is written when
 * the answer is made, whether or not the caller waits for it.
 */
export function logChanges(app: FastifyInstance, { log, user, queueNames }: ChangeLogOptions): void {
  const changes = new WeakSet<FastifyRequest>();
  app.addHook('onRequest', async (request) => {
    if (!isRead(request.method)) changes.add(request);
  });
  app.addHook('onSend', async (request, reply) => {
    if (!changes.has(request)) return;
    const { statusCode: status } = reply;
    const line = {
      ...(user === undefined ? {} : { user }),
      address: addressOf(request),
      operation: `${request.method.toLowerCase()} ${request.routeOptions.url ?? '?'}`,
      ...targetOf(request, queueNames),
      status,
    };
    if (status < 400) log.info(line, 'dashboard.changed');
    else log.warn(line, 'dashboard.change-refused');
  });
}

/** The queue and the job that it was about: only names that we know, for an address can hold any words. */
function targetOf(
  { params }: FastifyRequest,
  queueNames: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const { queueName, jobId } = params as { readonly queueName?: string; readonly jobId?: string }; // of Bull Board's routes
  return {
    ...(queueName === undefined ? {} : { queue: queueNames.has(queueName) ? queueName : '?' }),
    ...(jobId === undefined ? {} : { job: isOurId(jobId) ? jobId : '?' }),
  };
}

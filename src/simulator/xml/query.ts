import type { IncomingMessage } from 'node:http';
import type { QueryLogin } from '../account-query.ts';

/** From the address, as clients ask, or from a form. */
export function readQuery(body: Buffer, request: IncomingMessage): URLSearchParams {
  const query = (request.url ?? '').split('?', 2)[1] ?? '';
  return new URLSearchParams(query === '' ? body.toString('utf8') : query);
}

/** The login of a query of the XML interface. */
export function readLogin(query: URLSearchParams): QueryLogin {
  return { username: query.get('username') ?? '', password: query.get('password') ?? '' };
}

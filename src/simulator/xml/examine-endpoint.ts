import type { IncomingMessage } from 'node:http';
import { type QueryLogin, queryAccount, writeCredit } from '../account-query.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Provider } from '../provider.ts';
import { refusal } from '../replies.ts';
import type { ProviderRefusal } from '../submission.ts';
import { textReply, type XmlEndpointOptions } from './xml-endpoint.ts';

/** `examine`: asks for the credit (`type=charge`) or the titles (`type=titles`) of an account. */
export function createExamineEndpoint({ provider, lineEnd }: XmlEndpointOptions): Endpoint {
  const early = { surface: 'xml', on: 'account-query' } as const;
  const write = (text: string) => textReply(text === '' ? '' : `${text}${lineEnd}`);
  return {
    early,
    read(body, request) {
      const query = readQuery(body, request);
      const login = { username: query.get('username') ?? '', password: query.get('password') ?? '' };
      return {
        facts: { ...early, username: login.username },
        answer: () => write(examine(provider, login, query.get('type') ?? '')),
        refuse: (refusal) => write(lineOf(refusal)),
      };
    },
  };
}

/** From the address, as clients ask, or from a form. */
function readQuery(body: Buffer, request: IncomingMessage): URLSearchParams {
  const query = (request.url ?? '').split('?', 2)[1] ?? '';
  return new URLSearchParams(query === '' ? body.toString('utf8') : query);
}

function examine(provider: Provider, login: QueryLogin, type: string): string {
  const found = queryAccount(provider, login);
  if (found.kind === 'refused') return lineOf(found.refusal);
  if (type === 'charge') return writeCredit(found.account);
  // Our choice: titles-form. One title a line; only that the reply is text, and empty without titles, is known.
  if (type === 'titles') return found.account.titles.join('\n');
  // Our choice: query-type. Any other type is refused with 90.
  provider.tally.refused('90');
  return lineOf(refusal('90-other', { detail: 'type gecersiz' }));
}

function lineOf({ code, text }: ProviderRefusal): string {
  return `${code} ${text}`.trimEnd();
}

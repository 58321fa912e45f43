import { type QueryLogin, queryAccount, writeCredit } from '../account-query.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Provider } from '../provider.ts';
import { refusal, refusalLine } from '../replies.ts';
import { readLogin, readQuery } from './query.ts';
import { textReply, type XmlEndpointOptions } from './xml-endpoint.ts';

/** `examine`: asks for the credit (`type=charge`) or the titles (`type=titles`) of an account. */
export function createExamineEndpoint({ provider, lineEnd }: XmlEndpointOptions): Endpoint {
  const early = { surface: 'xml', on: 'account-query', operation: 'examine' } as const;
  const write = (text: string) => textReply(text === '' ? '' : `${text}${lineEnd}`);
  return {
    early: () => early,
    read(body, request) {
      const query = readQuery(body, request);
      const login = readLogin(query);
      return {
        facts: { ...early, username: login.username },
        answer: () => write(examine(provider, login, query.get('type') ?? '')),
        refuse: (refusal) => write(refusalLine(refusal)),
      };
    },
  };
}

function examine(provider: Provider, login: QueryLogin, type: string): string {
  const found = queryAccount(provider, login);
  if (found.kind === 'refused') return refusalLine(found.refusal);
  if (type === 'charge') return writeCredit(found.account);
  // Our choice: titles-form. One title a line; only that the reply is text, and empty without titles, is known.
  if (type === 'titles') return found.account.titles.join('\n');
  // Our choice: query-type. Any other type is refused with 90.
  provider.tally.refused('90');
  return refusalLine(refusal('90-other', { detail: 'type gecersiz' }));
}

import type { Endpoint } from '../endpoint.ts';
import type { HttpReply } from '../http.ts';
import type { Provider, ProviderDecision } from '../provider.ts';
import { refusalLine } from '../replies.ts';
import { readDocument } from './read-document.ts';

/** What an endpoint of the XML interface is made with. */
export interface XmlEndpointOptions {
  readonly provider: Provider;
  readonly lineEnd: string;
}

/** The XML interface: a document in, one line of text out. */
export function createXmlEndpoint({ provider, lineEnd }: XmlEndpointOptions): Endpoint {
  const early = { surface: 'xml', on: 'send', operation: 'xmlsms' } as const;
  const write = (decision: ProviderDecision) => textReply(`${lineOf(decision)}${lineEnd}`);
  return {
    early: () => early,
    read(body, request) {
      const reading = readDocument(body, request.headers['content-type']);
      return {
        facts: reading.kind === 'submission' ? { ...early, submission: reading.submission } : early,
        answer: (spoilt) => write(provider.take(reading, spoilt)),
        refuse: (refusal) => write({ kind: 'refused', refusal }),
      };
    },
  };
}

/** Our choice: http-status. Every judged request is answered with 200 and text/plain; no client looks at either. */
export function textReply(body: string): HttpReply {
  return { status: 200, contentType: 'text/plain; charset=utf-8', body };
}

function lineOf(decision: ProviderDecision): string {
  return decision.kind === 'accepted' ? `00 ${decision.groupId}` : refusalLine(decision.refusal);
}

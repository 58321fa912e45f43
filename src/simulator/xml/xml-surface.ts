import type { SendSurface } from '../surface.ts';
import { readDocument } from './read-document.ts';

/**
 * The XML interface: a document in, one line of text out.
 * Our choice: http-status. Every judged request is answered with 200 and text/plain; no client looks at either.
 */
export function createXmlSurface({ lineEnd }: { readonly lineEnd: string }): SendSurface {
  return {
    name: 'xml',
    read: (body, request) => readDocument(body, request.headers['content-type']),
    write(decision) {
      const line =
        decision.kind === 'accepted'
          ? `00 ${decision.groupId}`
          : `${decision.refusal.code} ${decision.refusal.text}`.trimEnd();
      return { status: 200, contentType: 'text/plain; charset=utf-8', body: `${line}${lineEnd}` };
    },
  };
}

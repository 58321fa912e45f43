import type { Fault } from '../../../src/simulator/fault-rule.ts';
import { soapResult } from '../../support/soap-reply.ts';
import type { World } from './world.ts';

/** A reply with a code that the simulator does not have by itself, as the world's surface carries it. */
export function replyWith(
  code: string,
  words: string,
  { env }: World,
): Extract<Fault, { readonly kind: 'raw-reply' }> {
  const result = `<ErrorCode>${code}</ErrorCode><ID>${words}</ID>`;
  const isXml = env['JETSMS_SURFACE'] !== 'web-service';
  return { kind: 'raw-reply', body: isXml ? `${code} ${words}` : soapResult('SendSms', result) };
}

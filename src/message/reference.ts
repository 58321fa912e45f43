import { MessageError } from './errors.ts';
import { type Charset, encodingProblem } from './text.ts';

/**
 * Our choice: JetSMS's own limit of the field `reference` is not public, and neither is what it does with it. Enough for an order
 * number or a UUID.
 */
export const maxReferenceLength = 40;

/** Whether a value can be the reference of a request: one line, as it is. Total. */
export const isReference = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= maxReferenceLength && !/[\t\r\n]/.test(value);

/**
 * What the field `reference` of a request is to say.
 * @throws MessageError REFERENCE_INVALID
 */
export function checkReference(reference: unknown, charset: Charset): string | undefined {
  if (reference === undefined) return undefined;
  if (isReference(reference) && encodingProblem(reference, charset) === undefined) return reference;
  throw new MessageError('REFERENCE_INVALID', 'reference', { maximum: maxReferenceLength, charset });
}

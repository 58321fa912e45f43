import { MessageError } from '../message/errors.ts';
import { type CampaignState, campaignStates } from '../queue/campaign.ts';

/** What an argument of a call must be, and what is said where it is not. */
interface Form {
  readonly isMet: (value: unknown) => boolean;
  /** Ends the sentence "The value is not …". */
  readonly form: string;
}

const flag: Form = { isMet: (value) => typeof value === 'boolean', form: 'true or false' };
const callback: Form = { isMet: (value) => typeof value === 'function', form: 'a function' };

/** The options of `sendMany()` that no other check looks at. */
export const ownManyOptions: Readonly<Record<string, Form>> = {
  allowRepeats: flag,
  dryRun: flag,
  onProblem: callback,
  onStored: callback,
  onProgress: callback,
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refuse = (field: string, form: string): MessageError =>
  new MessageError('ARGUMENT_INVALID', field, { form });

/**
 * The options of a call, an object; none are an empty one.
 * @throws MessageError ARGUMENT_INVALID
 */
export function checkOptions<Options extends object>(options: Options | undefined): Partial<Options> {
  if (options === undefined) return {};
  if (isObject(options)) return options;
  throw refuse('options', 'an object, such as { account: … }');
}

/**
 * Sees that options have the kinds of value that they must have, those that are left out aside.
 * @throws MessageError ARGUMENT_INVALID for the first that has not
 */
export function checkForms(options: object, forms: Readonly<Record<string, Form>>): void {
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const [field, { isMet, form }] of Object.entries(forms))
    if (given[field] !== undefined && !isMet(given[field])) throw refuse(field, form);
}

/**
 * The id of a message. Any text may be one: whether it is, Redis tells.
 * @throws MessageError ARGUMENT_INVALID
 */
export function checkId(id: unknown): string {
  if (typeof id === 'string') return id;
  throw refuse('id', 'a text: the id of a message, as send() returned it');
}

/**
 * What messages are asked about.
 * @throws MessageError ARGUMENT_INVALID
 */
export function checkTargets<Target>(targets: readonly Target[]): readonly Target[] {
  if (Array.isArray(targets)) return Array.from<Target>(targets);
  throw refuse('targets', 'an array');
}

/** @throws MessageError ARGUMENT_INVALID */
export function checkState(state: unknown): CampaignState {
  const known = campaignStates.find((one) => one === state);
  if (known !== undefined) return known;
  throw refuse('state', `one of ${campaignStates.join(', ')}`);
}

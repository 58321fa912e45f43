import { lanes } from '../message/lane.ts';
import { isRedisAddress, redisAddressForm } from '../queue/redis-address.ts';
import { OperatorError } from './operator-error.ts';

/** What a value must be. */
export interface Rule {
  readonly isMet: (value: unknown) => boolean;
  /** Ends the sentence "… must be …". */
  readonly form: string;
}

const accountName = /^[a-z0-9][a-z0-9-]{0,31}$/;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A connection of ioredis, of whatever copy of it. */
const isConnection = (value: unknown): boolean =>
  isObject(value) && 'defineCommand' in value && typeof value.defineCommand === 'function';

const isFromZero = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isWholeFrom = (least: number, value: unknown): boolean =>
  Number.isSafeInteger(value) && Number(value) >= least;

const rule = (form: string, isMet: (value: unknown) => boolean): Rule => ({ form, isMet });

/** Every value of a list; a list with holes lacks values. */
const listOf = (form: string, isMet: (value: unknown) => boolean): Rule =>
  rule(form, (value) => Array.isArray(value) && Array.from(value).every(isMet));

/** What arguments of the operators' functions must be. */
export const connection: Rule = rule('a connection of ioredis', isConnection);
export const redisOrAddress: Rule = rule(`a connection of ioredis, or ${redisAddressForm}`, (value) =>
  typeof value === 'string' ? isRedisAddress(value) : isConnection(value),
);
export const words: Rule = rule('a text', (value) => typeof value === 'string');
export const name: Rule = rule(
  'a text that is not empty',
  (value) => typeof value === 'string' && value !== '',
);
export const account: Rule = rule(
  'the name of an account',
  (value) => typeof value === 'string' && accountName.test(value),
);
export const accountList: Rule = listOf('a list of names of accounts', account.isMet);
export const textList: Rule = listOf('a list of texts', words.isMet);
export const object: Rule = rule('an object', isObject);
export const objectList: Rule = listOf('a list of objects', isObject);
export const flag: Rule = rule('true or false', (value) => typeof value === 'boolean');
export const callback: Rule = rule('a function', (value) => typeof value === 'function');
export const fromZero: Rule = rule('a number from 0 up', isFromZero);
export const wholeFromZero: Rule = rule('a whole number from 0 up', (value) => isWholeFrom(0, value));
export const wholeFromOne: Rule = rule('a whole number from 1 up', (value) => isWholeFrom(1, value));
export const lane: Rule = rule(`one of ${lanes.join(', ')}`, (value) => lanes.some((one) => one === value));
export const laneOrOwn: Rule = rule(`${lane.form}, own`, (value) => value === 'own' || lane.isMet(value));
export const signal: Rule = rule('an AbortSignal', (value) => value instanceof AbortSignal);

/**
 * Sees that arguments, by their names, are what they must be.
 * @throws OperatorError ARGUMENT_INVALID, naming each that is not
 */
export function checkArguments(given: Readonly<Record<string, readonly [value: unknown, rule: Rule]>>): void {
  const problems = Object.entries(given)
    .filter(([, [value, { isMet }]]) => !isMet(value))
    .map(([argument, [, { form }]]) => `${argument} must be ${form}.`);
  if (problems.length > 0) throw new OperatorError('ARGUMENT_INVALID', { detail: problems.join(' ') });
}

/** What is wrong with an object of options, in sentences; an option that is left out, or undefined, is right. */
export function problemsOfOptions(
  options: unknown,
  rules: Readonly<Record<string, Rule>>,
): readonly string[] {
  if (!isObject(options)) return ['The options must be an object.'];
  return Object.entries(options).flatMap(([option, value]) => {
    const own = Object.hasOwn(rules, option) ? rules[option] : undefined;
    // Its name may be anything, a number or a text among them.
    if (own === undefined) return [`There is an option that is not known; known are ${list(rules)}.`];
    return value === undefined || own.isMet(value) ? [] : [`${option} must be ${own.form}.`];
  });
}

const list = (rules: Readonly<Record<string, Rule>>): string => Object.keys(rules).join(', ');

/**
 * Sees that options are known ones, and what they must be: an option that is passed over, such as a mistyped `dryRun`, would do
 * what nobody wanted.
 * @throws OperatorError ARGUMENT_INVALID, naming each that is not
 */
export function checkOptions(options: unknown, rules: Readonly<Record<string, Rule>>): void {
  const problems = problemsOfOptions(options, rules);
  if (problems.length > 0) throw new OperatorError('ARGUMENT_INVALID', { detail: problems.join(' ') });
}

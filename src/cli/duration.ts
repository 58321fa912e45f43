import { InvalidArgumentError } from 'commander';
import { durationMs, durationWords } from '../message/duration.ts';

/**
 * A length of time that an option was given, in milliseconds.
 * @throws InvalidArgumentError
 */
export function durationOption(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError(`It must be ${durationWords}.`);
  return ms;
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

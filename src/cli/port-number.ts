import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './duration.ts';

/** An option that is a TCP port. @throws InvalidArgumentError */
export function portNumber(value: string): number {
  const port = wholeNumber(value);
  if (port > 65_535) throw new InvalidArgumentError('A port is at most 65535.');
  return port;
}

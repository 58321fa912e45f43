import { InvalidArgumentError } from 'commander';

/** An option that is a whole number. @throws InvalidArgumentError */
export function wholeNumber(value: string): number {
  if (!/^[0-9]{1,9}$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}

/** An option that is a TCP port. @throws InvalidArgumentError */
export function portNumber(value: string): number {
  const port = wholeNumber(value);
  if (port > 65_535) throw new InvalidArgumentError('A port is at most 65535.');
  return port;
}

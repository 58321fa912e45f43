import type { Flaw, Refusal } from './problem.ts';
import { refusal } from './refusals.ts';

/** The parameters of an address, by their names. */
export type Parameters<Name extends string> = Readonly<Partial<Record<Name, string>>>;

export type ReadParameters<Name extends string> =
  | { readonly parameters: Parameters<Name> }
  | { readonly refusal: Refusal };

/** The parameters of an address, each at most once, and none but these. Total. */
export function readParameters<const Name extends string>(
  query: unknown,
  names: readonly Name[],
): ReadParameters<Name> {
  const given = Object.entries(typeof query === 'object' && query !== null ? query : {});
  const flaws = given.flatMap(([name, value]): readonly Flaw[] => {
    const known = names.find((one) => one === name);
    if (known === undefined) return [{ code: 'PARAMETER_UNKNOWN' }];
    return typeof value === 'string' ? [] : [{ code: 'PARAMETER_INVALID', at: { parameter: known } }];
  });
  const [first, ...others] = flaws;
  if (first) return { refusal: { status: 400, flaws: [first, ...others] } };
  const parameters: Partial<Record<Name, string>> = {};
  for (const [name, value] of given) {
    const known = names.find((one) => one === name);
    if (known !== undefined) parameters[known] = String(value);
  }
  return { parameters };
}

/** A parameter that is not what it must be. */
export const parameterRefusal = (parameter: string): Refusal =>
  refusal('PARAMETER_INVALID', { at: { parameter } });

/** A time in an address: a plus sign there stands for a space, and digits for milliseconds. */
export function timeOf(text: string): string | number {
  const written = text.trim();
  if (/^\d{1,15}$/.test(written)) return Number(written);
  return written.replace(/ (?=\d{2}:\d{2}$)/, '+');
}

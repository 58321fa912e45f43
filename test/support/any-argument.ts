import fc from 'fast-check';

/** Anything that a caller in JavaScript may pass by mistake; nothing whose own code runs when it is looked at. */
export const anyArgument: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    maxDepth: 2,
  }),
  fc.constantFrom(undefined, null, '', Symbol('x'), Number.NaN, () => {}, new Date(Number.NaN), [undefined]),
);

/** An object with some of these fields, each of which is right or anything. */
export function anyFields(right: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(right).map(([name, value]) => [
      name,
      fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: anyArgument }),
    ]),
  );
  return fc.oneof({ weight: 4, arbitrary: fc.record(fields, { requiredKeys: [] }) }, anyArgument);
}

/** What is thrown, or rejected with; undefined where nothing is. */
export async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

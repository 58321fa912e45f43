/**
 * Checks of what was read from Redis. By hand and not with a schema library: some run for every job. None throws,
 * whatever it is given.
 */
export type Check = (value: unknown) => boolean;

/** A check for each field of an object, so that the compiler asks for the one that was forgotten. */
export type Shape<T> = { readonly [Field in keyof T]-?: Check };

/** Neither a list nor null. */
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isString = (value: unknown): value is string => typeof value === 'string';

/** A string that is not empty. */
export const isText = (value: unknown): value is string => isString(value) && value !== '';

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

export const isTrue = (value: unknown): value is true => value === true;

export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** A whole number from 0 up. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** The last moment that a Date can hold. */
const latestMs = 8_640_000_000_000_000;

/** Epoch milliseconds, or a duration in milliseconds: what a Date can be made of. */
export const isTime = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= latestMs;

export const isOneOf =
  (known: readonly unknown[]): Check =>
  (value) =>
    known.includes(value);

export const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/**
 * Finds the first field that is missing or not valid; undefined where there is none. Fields that the shape does
 * not know are no problem: a newer version may write them.
 */
export function fieldFinder<T>(shape: Shape<T>): (value: object) => string | undefined {
  const checks = Object.entries<Check>(shape);
  return (value) => checks.find(([field, check]) => !check(Reflect.get(value, field)))?.[0];
}

/** Whether a value is an object of this shape. */
export function isShaped<T>(shape: Shape<T>): (value: unknown) => value is T {
  const brokenField = fieldFinder(shape);
  return (value): value is T => isObject(value) && brokenField(value) === undefined;
}

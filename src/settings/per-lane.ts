import { z } from 'zod';
import { type Lane, lanes } from '../message/lane.ts';
import type { Kind } from './kinds.ts';

/** A value for all lanes, for some, or for none; a lane's own goes before that of all, and '' there means none. */
export type PerLane = Readonly<Partial<Record<Lane | 'all', string>>>;

/** What a lane has; '' = nothing. */
export const ofLane = (values: PerLane, lane: Lane): string => values[lane] ?? values.all ?? '';

/** Whether any lane has something. */
export const isSetForAny = (values: PerLane): boolean => lanes.some((lane) => ofLane(values, lane) !== '');

const places = ['all', ...lanes] as const;

const entryForm = new RegExp(`^(?:(?<place>${places.join('|')})=)?(?<value>[^=]*)$`);

/**
 * A kind of value that each lane may have for itself: as one text (`VF, otp=VFO`, where what names no lane is for all) or,
 * in JSON, as an object by lane.
 * @param accepts one value, in words
 * @param isValue whether a text is one
 */
export function perLane(accepts: string, isValue: (text: string) => boolean): Kind<PerLane> {
  const value = z.string().refine((text) => text === '' || isValue(text));
  const object = z.strictObject(Object.fromEntries(places.map((place) => [place, value.exactOptional()])));
  const fromText = z.string().transform((text, context) => {
    const values = readEntries(text, isValue);
    if (values !== undefined) return values;
    context.addIssue({ code: 'custom', message: accepts });
    return z.NEVER;
  });
  return {
    accepts: `${accepts}; for all lanes, or by lane as in 'otp=…, bulk=…'`,
    schema: z.union([fromText, object]),
    show: (values) => places.flatMap((place) => shownEntry(place, values[place])).join(', '),
  };
}

function readEntries(text: string, isValue: (text: string) => boolean): PerLane | undefined {
  const entries = text.split(',').map((entry) => entryForm.exec(entry.trim())?.groups);
  const read: Partial<Record<Lane | 'all', string>> = {};
  for (const entry of entries) {
    const place = places.find((known) => known === (entry?.['place'] ?? 'all'));
    const value = entry?.['value']?.trim();
    if (place === undefined || value === undefined || read[place] !== undefined) return undefined;
    // Nothing at all is no value; of a lane it is that the lane has none.
    if (value === '' ? entry?.['place'] === undefined : !isValue(value)) return undefined;
    read[place] = value;
  }
  return read;
}

const shownEntry = (place: Lane | 'all', value: string | undefined): readonly string[] => {
  if (value === undefined) return [];
  return [place === 'all' ? value : `${place}=${value}`];
};

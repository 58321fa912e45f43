import { MessageError } from './errors.ts';

/** What a backend app notes beside a message for itself: it comes back in status and events, and JetSMS never sees it. */
export type Meta = Readonly<Record<string, string | number | boolean>>;

/** As JSON, in UTF-8: a note, not a place to keep things. */
export const maxMetaBytes = 512;

/** Whether a value can be the meta of a message: a flat object of at most `maxMetaBytes`. Total. */
export function isMeta(value: unknown): value is Meta {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return (
    Object.values(value).every(isPlain) && Buffer.byteLength(JSON.stringify({ ...value })) <= maxMetaBytes
  );
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** @throws MessageError META_INVALID */
export function checkMeta(meta: unknown): Meta | undefined {
  if (meta === undefined) return undefined;
  if (isMeta(meta)) return { ...meta };
  throw new MessageError('META_INVALID', 'meta', { maximum: maxMetaBytes });
}

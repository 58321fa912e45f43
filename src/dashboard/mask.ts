/** Seven digits or more, as one run or grouped the way phone numbers are written. */
const phoneLike = /\+?\p{Nd}(?:[\s().\-/_]{0,2}\p{Nd}){6,}/gu;

/** The times of our own views, which are as long as a phone number. */
const time = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)/;

/** A text without anything that looks like a phone number. */
export function withoutNumbers(text: string): string {
  return text
    .split(time)
    .map((piece) => (time.test(piece) ? piece : piece.replace(phoneLike, '*')))
    .join('');
}

const word = /[\p{L}\p{M}\p{N}]+/gu;

/** A shorter piece of a word proves nothing. */
const shortestPiece = 3;

/**
 * Somebody else's words without ours: the texts themselves, every one of their words and every piece of one
 * (a quote may be cut anywhere) becomes `*`, whatever its case and accents; phone numbers do too.
 */
export function withoutWordsOf(said: string, texts: readonly string[]): string {
  const own = [...new Set(texts.flatMap((text) => text.match(word) ?? []).map(fold))];
  const isOurs = (one: string): boolean =>
    own.some((ours) => ours === one || isPiece(one, ours) || isPiece(ours, one));
  const whole = texts.filter((text) => text.trim() !== '');
  const rest = whole.reduce((left, text) => left.replaceAll(text, '*'), said);
  return withoutNumbers(rest.replace(word, (one) => (isOurs(fold(one)) ? '*' : one)));
}

const isPiece = (piece: string, of: string): boolean => piece.length >= shortestPiece && of.includes(piece);

/** Upper and lower case, accents and the Turkish i's are one. */
const fold = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/ı/g, 'i').replace(/\p{M}/gu, '');

/** Under these names nothing is ever shown, whatever it is. */
const hiddenKeys = /^(?:to|text|texts|body|content|password|secret|msisdn|gsm|number|numbers|phone)$/i;

/** Names under which whole numbers are times, durations and sizes, as Bull Board itself says them. */
const plainNumberKeys: ReadonlySet<string> = new Set([
  'timestamp',
  'processedOn',
  'finishedOn',
  'delay',
  'ttl',
  'prevTS',
  'activeRateLimitTtl',
  'total',
  'used',
  'peak',
  'uptime',
]);

/** Names under which ids stand: our own ids are hashes, whose digits mean nobody; the group id is JetSMS's. */
const idKeys: ReadonlySet<string> = new Set(['id', 'nodeId', 'rootId', 'deduplicationId']);
const ourId =
  /^(?:m[0-9a-z]{20}|k[0-9a-f]{24}(?:-[0-9a-f]{16})?(?:-[0-9a-f]{12})?|c[0-9a-f]{20}-\d{1,9}(?:-[0-9a-f]{16})?(?:-[0-9a-f]{12})?)(?:\.r?\d{1,6})*$/;

/** Whether it is of the form that our ids have. */
export const isOurId = (text: string): boolean => ourId.test(text);

const groupId = /^\d{9,25}$/;

/** A tenth digit could make it somebody's number. */
const smallestLikeNumber = 1_000_000_000;

/**
 * The second line of defence, for every answer whatever it holds: hides what stands under a telling name,
 * everything that looks like a phone number, and every one of `secrets`. It knows nothing of jobs.
 */
export function maskAnswer(value: unknown, secrets: readonly string[] = []): unknown {
  const mask = (inner: unknown, key: string): unknown => {
    if (hiddenKeys.test(key)) return '[hidden]';
    switch (typeof inner) {
      case 'string':
        return maskString(inner, key, secrets);
      case 'number':
        return maskNumberOf(inner, key);
      case 'object':
        return inner && maskWithin(inner);
      default:
        return inner;
    }
  };
  const maskWithin = (inner: object): unknown =>
    Array.isArray(inner)
      ? inner.map((one) => mask(one, ''))
      : Object.fromEntries(
          Object.entries(inner).map(([name, one]) => [withoutNumbers(name), mask(one, name)]),
        );
  return mask(value, '');
}

function maskString(text: string, key: string, secrets: readonly string[]): string {
  if (idKeys.has(key) && isOurId(text)) return text;
  if (key === 'groupId' && groupId.test(text)) return text;
  return withoutNumbers(secrets.reduce((left, secret) => left.replaceAll(secret, '[hidden]'), text));
}

function maskNumberOf(value: number, key: string): number | string {
  return Math.abs(value) < smallestLikeNumber || plainNumberKeys.has(key) ? value : '[hidden]';
}

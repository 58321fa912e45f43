import { MessageError } from './errors.ts';
import { type Charset, encodingProblem, normalizeText } from './text.ts';

/** What a backend app attaches to an MMS. */
export interface Media {
  /** Its MIME type, such as `image/jpeg`. */
  readonly contentType: string;
  /** Its bytes as they are: not base64. */
  readonly data: Uint8Array;
}

/** What an account's MMS may carry. */
export interface MediaRules {
  /** MIME types in lower case. */
  readonly contentTypes: readonly string[];
  /** Bytes before base64. */
  readonly maxBytes: number;
}

/**
 * Where an account says nothing else.
 * Our choice: content types and size that JetSMS takes are not public; other Turkish providers take these.
 */
export const mediaRules: MediaRules = {
  contentTypes: [
    'image/jpeg',
    'image/gif',
    'image/png',
    'audio/amr',
    'audio/mpeg',
    'video/3gpp',
    'text/plain',
  ],
  maxBytes: 300 * 1_024,
};

/** Our choice: JetSMS's limit is not public; phones must show 40 characters (OMA MMS conformance). */
export const maxSubjectLength = 40;

/** Our choice: JetSMS's limit of an MMS's text is not public. */
export const maxMmsTextLength = 1_000;

/**
 * Checks what an MMS carries; gives its type in lower case, without parameters.
 * @throws MessageError MEDIA_INVALID, MEDIA_TYPE_NOT_ALLOWED, MEDIA_TOO_LARGE
 */
export function checkMedia(input: unknown, { contentTypes, maxBytes }: MediaRules): Media {
  const { contentType, data } = isObject(input) ? input : {};
  if (typeof contentType !== 'string' || !(data instanceof Uint8Array) || data.length === 0) {
    throw new MessageError('MEDIA_INVALID', 'media');
  }
  const [type = ''] = contentType.toLowerCase().split(';', 1);
  const plain = type.trim();
  if (!contentTypes.includes(plain)) {
    throw new MessageError('MEDIA_TYPE_NOT_ALLOWED', 'media.contentType', {
      allowed: contentTypes.join(', '),
    });
  }
  if (data.length > maxBytes) {
    throw new MessageError('MEDIA_TOO_LARGE', 'media.data', { bytes: data.length, maximum: maxBytes });
  }
  return { contentType: plain, data };
}

/**
 * Checks the subject of an MMS; an empty one is none.
 * @throws MessageError SUBJECT_INVALID
 */
export function checkSubject(input: unknown, charset: Charset): string {
  const subject = typeof input === 'string' ? normalizeText(input).trim() : undefined;
  const isFit =
    subject !== undefined &&
    subject.length <= maxSubjectLength &&
    !/[\t\n]/.test(subject) &&
    encodingProblem(subject, charset) === undefined;
  if (isFit) return subject;
  throw new MessageError('SUBJECT_INVALID', 'subject', { maximum: maxSubjectLength, charset });
}

function isObject(input: unknown): input is Partial<Record<keyof Media, unknown>> {
  return typeof input === 'object' && input !== null;
}

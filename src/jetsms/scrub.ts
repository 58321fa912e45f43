/** Longest provider text that is kept, in characters. */
const longestText = 200;

/** Seven digits or more, as one run or grouped the way phone numbers are written. */
const phoneLike = /\+?\d(?:[ ().\-/]{0,2}\d){6,}/g;

/** Shorter ones are not replaced: they occur by chance in the provider's own words. */
const shortestRedaction = 4;

/** White space and control characters, which would break a log line or a terminal. */
const unprintable = /[\s\p{Cc}\p{Cf}]+/gu;

/**
 * The provider's words, fit for logs and dead letters: every run of seven digits or more, and every one of
 * `redactions` (our texts, our password), becomes `*`; control characters become a space; cut at 200
 * characters.
 */
export function scrubProviderText(text: string, redactions: readonly string[] = []): string {
  return redact(oneLine(text), redactions).replace(phoneLike, '*').slice(0, longestText).toWellFormed();
}

function oneLine(text: string): string {
  return text.replace(unprintable, ' ').trim();
}

function redact(text: string, redactions: readonly string[]): string {
  let scrubbed = text;
  for (const ours of redactions) {
    const secret = oneLine(ours);
    if (secret.length >= shortestRedaction && scrubbed.includes(secret)) {
      scrubbed = scrubbed.replaceAll(secret, '*');
    }
  }
  return scrubbed;
}

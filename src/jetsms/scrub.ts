/** Longest provider text that is kept, in characters. */
const longestText = 200;

/** Seven digits or more, as one run or grouped the way phone numbers are written. */
const phoneLike = /\+?\d(?:[ ().\-/]{0,2}\d){6,}/g;

/** Shorter ones are not replaced: they occur by chance in the provider's own words. */
const shortestWithheld = 4;

/** White space and control characters, which would break a log line or a terminal. */
const unprintable = /[\s\p{Cc}\p{Cf}]+/gu;

/**
 * The provider's words, fit for logs and dead letters: every run of seven digits or more, and every one of
 * `withheld` (our texts, our password), becomes `*`; control characters become a space; cut at 200
 * characters.
 */
export function scrubProviderText(text: string, withheld: readonly string[] = []): string {
  return withhold(oneLine(text), withheld).replace(phoneLike, '*').slice(0, longestText).toWellFormed();
}

function oneLine(text: string): string {
  return text.replace(unprintable, ' ').trim();
}

function withhold(text: string, withheld: readonly string[]): string {
  let scrubbed = text;
  for (const ours of withheld) {
    const secret = oneLine(ours);
    if (secret.length >= shortestWithheld && scrubbed.includes(secret)) {
      scrubbed = scrubbed.replaceAll(secret, '*');
    }
  }
  return scrubbed;
}

/** Lanes, the most urgent first. */
export const lanes = ['otp', 'transactional', 'bulk'] as const;
/** How urgent a message is: an OTP overtakes the others, bulk overtakes nothing. */
export type Lane = (typeof lanes)[number];

/**
 * What happens to a message whose request got no answer: JetSMS is asked whether it has it, or it is sent again, or given
 * up for a person to decide.
 */
export const uncertainChoices = ['ask', 'resend', 'park'] as const;
/** What happens to a message whose request got no answer. */
export type WhenUncertain = (typeof uncertainChoices)[number];

/** What happens to a message that was asked about in vain, or cannot be asked about. */
export const notFoundChoices = ['resend', 'park'] as const;
/** What happens to a message that was asked about in vain, or cannot be asked about. */
export type WhenNotFound = (typeof notFoundChoices)[number];

export interface LaneDefaults {
  /** How long after enqueueing a message is still worth sending. */
  readonly deadlineMs: number;
  readonly whenUncertain: WhenUncertain;
  readonly whenNotFound: WhenNotFound;
}

const minute = 60_000;
const hour = 60 * minute;

/** Defaults by lane: an OTP is worthless after five minutes, and worth a second text; the others are not. */
export const laneDefaults: Readonly<Record<Lane, LaneDefaults>> = {
  otp: { deadlineMs: 5 * minute, whenUncertain: 'ask', whenNotFound: 'resend' },
  transactional: { deadlineMs: 24 * hour, whenUncertain: 'ask', whenNotFound: 'park' },
  bulk: { deadlineMs: 72 * hour, whenUncertain: 'ask', whenNotFound: 'park' },
};

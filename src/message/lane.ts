/** Lanes, the most urgent first. */
export const lanes = ['otp', 'transactional', 'bulk'] as const;
export type Lane = (typeof lanes)[number];

/** What happens to a message whose request got no answer. */
export const uncertainChoices = ['resend', 'park'] as const;
export type WhenUncertain = (typeof uncertainChoices)[number];

export interface LaneDefaults {
  /** How long after enqueueing a message is still worth sending. */
  readonly deadlineMs: number;
  readonly whenUncertain: WhenUncertain;
}

const minute = 60_000;
const hour = 60 * minute;

/** Defaults by lane: an OTP is worthless after five minutes, and worth a second text; the others are not. */
export const laneDefaults: Readonly<Record<Lane, LaneDefaults>> = {
  otp: { deadlineMs: 5 * minute, whenUncertain: 'resend' },
  transactional: { deadlineMs: 24 * hour, whenUncertain: 'park' },
  bulk: { deadlineMs: 72 * hour, whenUncertain: 'park' },
};

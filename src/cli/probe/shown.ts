import type { Sighting } from './walk.ts';

/** A reply as it may be shown to anybody. */
export interface SeenReply {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string;
}

/** A sighting, masked, with the reply behind it where one came. */
export interface Shown extends Sighting {
  readonly reply?: SeenReply;
}

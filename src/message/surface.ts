/**
 * The ways to speak JetSMS, by their names in settings, logs and metrics. They stand here because settings and producer
 * need them too; how each is spoken is in `src/jetsms/surfaces.ts`.
 */
export const surfaceNames = ['xml', 'web-service'] as const;
/** How the worker speaks JetSMS. */
export type SurfaceName = (typeof surfaceNames)[number];

/** What must be known of a surface where nobody speaks it. */
export interface SurfaceFacts {
  /** Its name in a sentence. */
  readonly title: string;
  /** Whether it can send an MMS: the producer refuses one before it is stored, not only the worker. */
  readonly carriesMms: boolean;
  /** Whether JetSMS's own switches (channel, filters, exclusion window) are known on it; settings refuse them elsewhere. */
  readonly hasSwitches: boolean;
}

export const surfaceFacts: Readonly<Record<SurfaceName, SurfaceFacts>> = {
  xml: { title: 'XML', carriesMms: false, hasSwitches: false },
  'web-service': { title: 'the web service', carriesMms: true, hasSwitches: true },
};

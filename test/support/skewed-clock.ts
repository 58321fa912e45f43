/**
 * Loaded before a program, it gives the process a wrong system clock: `Date` is off by the first of
 * `CLOCK_OFFSETS_MS`, and by the next one after each SIGUSR2, as if somebody had set the clock. Timers and
 * `performance.now()` go on, as they do then. Only the world is changed, and nothing of ours.
 */
const offsetsMs = String(process.env['CLOCK_OFFSETS_MS']).split(',').map(Number);

const RealDate = globalThis.Date;
const now = (): number => RealDate.now() + (offsetsMs[0] ?? 0);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});

process.on('SIGUSR2', () => {
  if (offsetsMs.length > 1) offsetsMs.shift();
});

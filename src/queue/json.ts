/** The value of a JSON text; undefined for what is none, since nothing of ours wrote it. */
export function readJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `JSON.stringify` overflows the stack some thousand levels down; nothing of ours has more than six. */
const mostLevels = 100;

/** Whether a value that came from JSON can be written as JSON again: it is not nested without end. */
export function isShallow(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= mostLevels; depth += 1) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return true;
  }
  return false;
}

import { stat } from 'node:fs/promises';
import { CliError } from './errors.ts';

/**
 * The size of a file in bytes. Looks at it without opening it: a pipe would wait, and a device may have no end.
 *
 * @throws CliError FILE_UNREADABLE, FILE_NOT_REGULAR
 */
export async function regularFileSize(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw fileUnreadable(path, cause);
  });
  if (!found.isFile()) throw new CliError('FILE_NOT_REGULAR', { detail: path });
  return found.size;
}

export function fileUnreadable(path: string, cause: unknown): CliError {
  const reason = cause instanceof Error && 'code' in cause ? `(${cause.code})` : '';
  return new CliError('FILE_UNREADABLE', { detail: `${path} ${reason}`.trim(), cause });
}

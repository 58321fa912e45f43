import { readFileSync } from 'node:fs';
import { deployFiles } from '../deploy/files.ts';
import { renderProducerManifest } from '../packages/producer-manifest.ts';
import { renderApiMarkdown } from './api-page.ts';
import { renderAssumptionsMarkdown } from './assumptions-page.ts';
import { renderCodesMarkdown } from './codes-page.ts';
import { renderErrorsMarkdown } from './errors-page.ts';
import { renderLogsMarkdown } from './logs-page.ts';
import { renderMetricsMarkdown } from './metrics-page.ts';
import { renderOpenapi } from './openapi-page.ts';
import { renderPartsMarkdown } from './parts-page.ts';
import { renderRedisUsersMarkdown } from './redis-users-page.ts';
import { renderRoomsLint } from './rooms-lint.ts';
import { renderSettingsMarkdown } from './settings-page.ts';
import { renderSimulatorChoicesMarkdown } from './simulator-choices-page.ts';

/** A page of the documentation, or a file of deploy/, that is made from code. */
export interface GeneratedPage {
  /** From the root of the repository. */
  readonly path: string;
  readonly render: () => string;
}

/** Every generated file. To add a page: write its renderer next to this file and list it here. */
export const generatedPages: readonly GeneratedPage[] = [
  { path: 'docs/api.md', render: renderApiMarkdown },
  { path: 'docs/assumptions.md', render: renderAssumptionsMarkdown },
  { path: 'docs/codes.md', render: renderCodesMarkdown },
  { path: 'docs/errors.md', render: renderErrorsMarkdown },
  { path: 'docs/logs.md', render: renderLogsMarkdown },
  { path: 'docs/metrics.md', render: renderMetricsMarkdown },
  { path: 'docs/openapi.json', render: renderOpenapi },
  { path: 'docs/parts.md', render: renderPartsMarkdown },
  { path: 'docs/redis-users.md', render: renderRedisUsersMarkdown },
  { path: 'docs/settings.md', render: renderSettingsMarkdown },
  { path: 'docs/simulator-choices.md', render: renderSimulatorChoicesMarkdown },
  { path: 'biome.rooms.json', render: renderRoomsLint },
  { path: 'packages/jetsms-producer/package.json', render: renderProducerManifest },
  ...deployFiles,
];

/** The paths of pages that differ from what their renderer makes now, or that are missing. */
export function stalePages(root: URL): readonly string[] {
  return generatedPages
    .filter(({ path, render }) => readPage(new URL(path, root)) !== render())
    .map(({ path }) => path);
}

function readPage(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A page that cannot be read is as stale as one that differs.
    return undefined;
  }
}

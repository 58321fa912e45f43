import { describe, expect, it } from 'vitest';
import { renderSettingsTable } from '../../../../src/cli/render/settings-table.ts';
import { describeSettings } from '../../../../src/settings/describe.ts';
import { parseSettings } from '../../../../src/settings/parse.ts';

describe('the table of settings', () => {
  it('shows the process, each account, and the warnings, without a secret', () => {
    const env = { JETSMS_URL: 'http://a.example', JETSMS_PASSWORD: 'hush' };
    const settings = parseSettings({ env });
    const lines = renderSettingsTable(describeSettings(settings), settings.warnings, 100);
    expect(lines.filter((line) => /^\S/.test(line))).toEqual([
      expect.stringMatching(/^PROCESS +FROM +VALUE$/),
      expect.stringMatching(/^ACCOUNT default +FROM +VALUE$/),
      expect.stringMatching(/^warning: Account default: url is http/),
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}password +environment JETSMS_PASSWORD +set$/));
    expect(lines.join('\n')).not.toContain('hush');
  });
});

import { it } from 'vitest';
import { tools } from '../../../scripts/tools.ts';
import { clientFolder, expectListingToWork, listingOf } from '../../support/gateway-clients.ts';
import { describeWith } from '../../support/tools.ts';

for (const [heading, tool] of [
  ['curl', tools.curl],
  ['PHP', tools.php],
  ['Python', tools.python],
  ['Java', tools.java],
] as const) {
  describeWith([tool], `the client of docs/gateway-clients.md for ${heading}`, () => {
    it('sends once, asks, calls off, and reads a problem', async () => {
      using folder = clientFolder();
      await expectListingToWork(listingOf(heading), folder.path);
    });
  });
}

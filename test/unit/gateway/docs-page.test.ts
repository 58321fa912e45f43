import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { docsPage } from '../../../src/gateway/docs-page.ts';
import { operations } from '../../../src/gateway/operations.ts';

const document: unknown = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
);

describe('the page of the gateway', () => {
  it('shows every operation, and loads nothing from elsewhere', () => {
    const page = docsPage(document);
    for (const name of Object.keys(operations)) expect(page).toContain(`<section id="${name}">`);
    expect(page).not.toMatch(/<(?:script|link|img|iframe)|\bsrc=|https?:\/\/|@import|url\(/);
  });

  it('is made of any document, whose words cannot become markup', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const paths = { '/<x>': { get: { summary: '<script>', responses: value } } };
        const page = docsPage({ paths, info: value, components: value });
        expect(page).not.toContain('<script>');
      }),
    );
    expect(docsPage(undefined)).toContain('<!doctype html>');
  });
});

import { describe, expect, it } from 'vitest';
import { asElement, leafText, parseXml } from '../../../../src/simulator/xml/parse.ts';

const options = { isList: () => false };

function textOf(document: string): string | undefined {
  const parsed = parseXml(document, options);
  return parsed.kind === 'document' ? leafText(asElement(parsed.element)?.['t']) : undefined;
}

describe('parseXml', () => {
  it.each(['constructor', '__proto__', 'prototype', 'toString', 'ns:constructor'])(
    'reads a document with an element called %s',
    (name) => {
      expect(textOf(`<a><${name} ${name}="x">no</${name}><${name}/><t>yes</t></a>`)).toBe('yes');
    },
  );

  it.each([
    ['<a><t>1 &lt; 2 &amp; 3 &gt; 2 &quot;&apos;</t></a>', '1 < 2 & 3 > 2 "\''],
    ['<a><t>&#287;&#xFC;&#x15f;</t></a>', 'ğüş'],
    ['<a><t>&amp;lt; &amp;#287;</t></a>', '&lt; &#287;'],
    ['<a><t><![CDATA[1 < 2 & &lt;]]></t></a>', '1 < 2 & &lt;'],
    ['<a><!-- R&D <t>no</t> --><t>yes</t></a>', 'yes'],
    ['<a><t>  007 </t></a>', '  007 '],
    ['<a><t lang="tr">x</t></a>', 'x'],
    ['<a><t/></a>', ''],
  ])('reads the text of %j', (document, expected) => {
    expect(textOf(document)).toBe(expected);
  });

  it.each([
    ['cut in an element', '<a><t>x'],
    ['cut before the last tag', '<a><t>x</t>'],
    ['an entity of HTML', '<a><t>&ccedil;</t></a>'],
    ['a bare ampersand', '<a><t>a & b</t></a>'],
    ['two roots', '<a/><b/>'],
    ['two roots of one name', '<a/><a/>'],
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a><t>&x;</t></a>'],
    ['a control character', '<a><t>\u0001</t></a>'],
    ['words', 'hello'],
    ['crossed tags', '<a><t></a></t>'],
  ])('refuses %s', (_, document) => {
    expect(parseXml(document, options).kind).toBe('broken');
  });
});

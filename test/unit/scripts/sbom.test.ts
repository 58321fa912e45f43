import { describe, expect, it } from 'vitest';
import { type Sbom, shippedSbom } from '../../../scripts/packages/sbom.ts';

const development = { name: 'cdx:npm:package:development' };
const component = (name: string, ...properties: readonly { name: string }[]) => ({
  'bom-ref': `${name}@1.0.0`,
  name,
  scope: properties.length > 0 ? 'optional' : 'required',
  properties,
});

const locked: Sbom = {
  bomFormat: 'CycloneDX',
  metadata: {
    component: { 'bom-ref': 'us@1.0.0', name: 'folder', version: '1.0.0', purl: 'pkg:npm/us@1.0.0' },
  },
  components: [
    component('web'),
    component('taken-in', development),
    component('its-part', development),
    component('compiler', development),
    component('part-of-compiler', development),
  ],
  dependencies: [
    { ref: 'us@1.0.0', dependsOn: ['web@1.0.0', 'taken-in@1.0.0', 'compiler@1.0.0'] },
    { ref: 'web@1.0.0', dependsOn: [] },
    { ref: 'taken-in@1.0.0', dependsOn: ['its-part@1.0.0'] },
    { ref: 'its-part@1.0.0', dependsOn: [] },
    { ref: 'compiler@1.0.0', dependsOn: ['part-of-compiler@1.0.0', 'web@1.0.0'] },
    { ref: 'part-of-compiler@1.0.0', dependsOn: [] },
  ],
};

describe('the list of what is shipped', () => {
  it('has what is installed with the package and what is in it, and no tool of development', () => {
    const { components, dependencies } = shippedSbom(locked, { name: 'us', tools: ['compiler'] });
    expect(components.map(({ name }) => name)).toEqual(['web', 'taken-in', 'its-part']);
    expect(dependencies.map(({ ref }) => ref)).not.toContain('compiler@1.0.0');
    expect(dependencies[0]?.dependsOn).toEqual(['web@1.0.0', 'taken-in@1.0.0']);
  });

  it('is of the package, also of one that needs less than the project, and not of the folder that it lies in', () => {
    const { metadata, components, dependencies } = shippedSbom(locked, {
      name: 'part-of-us',
      tools: ['compiler', 'web'],
    });
    const { name, purl, 'bom-ref': ref } = metadata.component;
    expect([name, purl, ref]).toEqual(['part-of-us', 'pkg:npm/part-of-us@1.0.0', 'part-of-us@1.0.0']);
    expect(components.map((one) => one.name)).toEqual(['taken-in', 'its-part']);
    expect(dependencies[0]).toEqual({ ref: 'part-of-us@1.0.0', dependsOn: ['taken-in@1.0.0'] });
  });

  it('has a tool that something shipped needs too', () => {
    const needsIt: Sbom = {
      ...locked,
      components: [...locked.components, component('checker')],
      dependencies: [
        { ref: 'us@1.0.0', dependsOn: ['web@1.0.0', 'checker@1.0.0'] },
        { ref: 'web@1.0.0', dependsOn: ['checker@1.0.0', 'compiler@1.0.0'] },
      ],
    };
    const { components } = shippedSbom(needsIt, { name: 'us', tools: ['checker', 'compiler'] });
    expect(components.map(({ name }) => name)).toEqual(['web', 'checker']);
  });

  it('does not call what is in the package a thing of development', () => {
    for (const { scope, properties } of shippedSbom(locked, { name: 'us', tools: ['compiler'] }).components)
      expect([scope, properties]).toEqual(['required', []]);
  });
});

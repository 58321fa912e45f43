/** The part of a CycloneDX document (1.5, JSON, as `npm sbom` writes it) that matters here. */
export interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Product };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/** The package that the list is of. */
interface Product {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly description?: string;
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly scope?: string;
  readonly properties?: readonly { readonly name: string }[];
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

const development = 'cdx:npm:package:development';

export interface Shipped {
  /** The package that is shipped: one of those that are built from this project. */
  readonly name: string;
  /** What the project names in its own `package.json` and does not ship with this package. */
  readonly tools: readonly string[];
}

/**
 * What is shipped, of all that npm has locked: `npm` takes what is bundled for a tool of development, because whoever
 * installs the package does not install it. It is in the package all the same, with all that it needs.
 */
export function shippedSbom(sbom: Sbom, { name, tools }: Shipped): Sbom {
  const { 'bom-ref': root, version } = sbom.metadata.component;
  const components = new Map(sbom.components.map((component) => [component['bom-ref'], component]));
  const edges = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const isTool = (ref: string): boolean => tools.includes(components.get(ref)?.name ?? '');
  const direct = (edges.get(root) ?? []).filter((ref) => !isTool(ref));
  const reached = new Set(direct);
  // Not through a tool, for some packages name the compiler as an optional peer; but what npm says is required of all that
  // is installed is shipped, whether we name it as a tool too or not.
  const isLeftOut = (ref: string): boolean => isTool(ref) && components.get(ref)?.scope !== 'required';
  for (const ref of reached)
    for (const next of (edges.get(ref) ?? []).filter((one) => !isLeftOut(one))) reached.add(next);
  const product = `${name}@${version}`;
  const { description: _ofTheProject, ...us } = sbom.metadata.component;
  return {
    ...sbom,
    metadata: {
      ...sbom.metadata,
      // Where a folder has another name than the project, npm takes that.
      component: { ...us, name, 'bom-ref': product, purl: `pkg:npm/${product}` },
    },
    components: sbom.components.filter(({ 'bom-ref': ref }) => reached.has(ref)).map(required),
    dependencies: sbom.dependencies
      .filter(({ ref }) => ref === root || reached.has(ref))
      .map(({ ref, dependsOn }) => ({
        ref: ref === root ? product : ref,
        dependsOn: dependsOn.filter((to) => reached.has(to)),
      })),
  };
}

function required({ scope, properties = [], ...component }: Component): Component {
  const isTool = properties.some(({ name }) => name === development);
  const kept = properties.filter(({ name }) => name !== development);
  return { ...component, ...(scope && { scope: isTool ? 'required' : scope }), properties: kept };
}

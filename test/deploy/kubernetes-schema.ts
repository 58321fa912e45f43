import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service, ServiceAccount } from 'kubernetes-models/v1';
import { projectFolder, runProcess } from '../support/process.ts';
import type { Manifest } from './kustomization.ts';

/** A class of each kind that we use: what it says of itself is its apiVersion and kind. */
const models = [
  ['kubernetes-models/apps/v1', Deployment],
  ['kubernetes-models/networking.k8s.io/v1', NetworkPolicy],
  ['kubernetes-models/policy/v1', PodDisruptionBudget],
  ['kubernetes-models/v1', ConfigMap],
  ['kubernetes-models/v1', Namespace],
  ['kubernetes-models/v1', Service],
  ['kubernetes-models/v1', ServiceAccount],
  ['@kubernetes-models/keda/keda.sh/v1alpha1', ScaledObject],
  ['@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1', PodMonitor],
] as const;

function modelOf({ apiVersion, kind }: Manifest) {
  const found = models.find(([, model]) => model.name === kind && model.apiVersion === apiVersion);
  if (found === undefined) throw new Error(`no schema for ${apiVersion} ${kind}`);
  return { from: found[0], model: found[1] };
}

/** What is missing or of a wrong form, by the schema of its kind; nothing where it is right. Throws for an unknown kind. */
export function formProblem(manifest: Manifest): string | undefined {
  const { model } = modelOf(manifest);
  try {
    // The constructor takes what it is given; validate() judges.
    new model(manifest as never).validate();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** What the compiler says of manifests as values of their types: it knows every field, and so sees one that is none. */
export async function typeProblems(manifests: readonly Manifest[]): Promise<string> {
  const parent = join(projectFolder, '.tmp');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'manifests-'));
  const file = join(folder, 'manifests.mts');
  const lines = manifests.map((manifest, index) => {
    const type = `import('${modelOf(manifest).from}').I${manifest.kind}`;
    return `export const m${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  await writeFile(file, lines.join('\n'));
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck'];
  const { stdout } = await runProcess([
    join(projectFolder, 'node_modules/.bin/tsc'),
    ...options,
    '--ignoreConfig',
    file,
  ]);
  await rm(folder, { recursive: true });
  return stdout;
}

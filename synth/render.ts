import { ApiObject, type App, Chart, Yaml } from 'cdk8s';

/** Names of files under dist/, and their text. */
export type Rendered = ReadonlyMap<string, string>;

/** Kubernetes objects as plain data. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

/** A chart is not valid. Names each construct and what is wrong with it. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
}

/**
 * The text of every file of dist/, in time that grows with the number of objects. cdk8s' own App.synth validates
 * the whole app again for each chart, which is quadratic; this validates once. The text is the same, as long as no
 * construct depends on another, which cdk8s would sort.
 * @throws RenderError
 */
export function render(app: App): Rendered {
  const problems = app.node.findAll().flatMap((construct) => {
    return construct.node.validate().map((message) => `${construct.node.path}: ${message}`);
  });
  if (problems.length > 0) throw new RenderError(problems.join('\n'));
  return new Map(
    app.node.children
      .filter(Chart.isChart)
      .map((chart) => [`${chart.node.id}.k8s.yaml`, Yaml.stringify(...manifests(chart))]),
  );
}

/** The objects of a chart, in the order in which they were made. */
export function manifests(chart: Chart): Manifest[] {
  return chart.node
    .findAll()
    .filter(ApiObject.isApiObject)
    .map((object) => object.toJson());
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "@clauderon/base";
import { parse, parseAllDocuments } from "yaml";
import { run } from "../kit/cluster/run.ts";
import { type Tool, toolPath } from "../kit/cluster/tools.ts";

const CHARTS = join(import.meta.dirname, "..", "..", "charts");

/** The operator's chart, and the proxy's. */
export const CHART_NAMES = ["thurkube", "clauderon"] as const;
export type ChartName = (typeof CHART_NAMES)[number];

/** The chart's folder. */
export const chartFolder = (name: ChartName): string => join(CHARTS, name);

export const CHART = chartFolder("thurkube");

/** A rendered manifest, of which tests read what they know to be there. */
export interface Manifest extends KubeObject {
  readonly rules?: readonly PolicyRule[];
  readonly spec?: unknown;
}

export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Both majors of Helm, for charts must serve both. */
export const HELMS: readonly Tool[] = ["helm", "helm3"];

/** Takes seconds, once on a machine; later renderings need not wait for it. */
export async function unpackHelms(): Promise<void> {
  for (const helm of HELMS) await toolPath(helm);
}

/** The YAML that `helm template` prints for a release with the chart's name in `thurkube-system`; throws with Helm's words. */
export async function renderChart(
  helm: Tool,
  args: readonly string[] = [],
  chart: ChartName = "thurkube",
): Promise<string> {
  const render = ["template", chart, chartFolder(chart), "--namespace=thurkube-system"];
  return await run(await toolPath(helm), [...render, ...args]);
}

/** The objects of some YAML. */
export function manifests(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) =>
    document.contents === null ? [] : [document.toJS() as Manifest],
  );
}

export function chartFile(name: string, chart: ChartName = "thurkube"): string {
  return readFileSync(join(chartFolder(chart), name), "utf8");
}

export function chartValues(chart: ChartName = "thurkube"): Readonly<Record<string, unknown>> {
  return parse(chartFile("values.yaml", chart)) as Record<string, unknown>;
}

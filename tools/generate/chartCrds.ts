import { crd, type Kind } from "../../packages/kinds/src/index.ts";
import { stringify } from "yaml";

/** Where the chart keeps its CRDs; the folder holds nothing else. */
export const CHART_CRDS = "charts/thurkube/templates/crds";

/**
 * The template of one CRD. `helm uninstall` leaves it behind: with a CRD go all objects of its kind, that is, everybody's
 * jobs, and Helm would not ask.
 */
export function chartCrd(kind: Kind): string {
  const definition = crd(kind);
  const metadata = { ...definition.metadata, annotations: { "helm.sh/resource-policy": "keep" } };
  const yaml = stringify({ ...definition, metadata }, { lineWidth: 0, aliasDuplicateObjects: false });
  return `{{- if .Values.crds.install }}\n# Made by tools/generate.ts from packages/kinds.\n${escapeTemplate(yaml)}{{- end }}\n`;
}

/** Text that Helm's template language leaves as it is. */
export function escapeTemplate(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, type KubeClient } from "@clauderon/kube";
import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import { parse } from "yaml";

/** The operator's user in the tests. */
export const OPERATOR_USER = "thurkube";

const RBAC = "rbac.authorization.k8s.io";
const CHART_ROLE = resolve(import.meta.dirname, "../../../charts/thurkube/templates/clusterrole.yaml");

/** Grants {@link OPERATOR_USER} the permissions of the chart, with a ceiling of reading pods: no Secrets, `escalate` or `bind`. */
export async function grantOperator(client: KubeClient): Promise<void> {
  const metadata = { name: OPERATOR_USER };
  const role = { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata, rules: await chartRules() };
  await client.create(CLUSTER_ROLES, role);
  await client.create(CLUSTER_ROLE_BINDINGS, {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: OPERATOR_USER },
    subjects: [{ apiGroup: RBAC, kind: "User", name: OPERATOR_USER }],
  });
}

/** The rules of the template, without those from values. */
async function chartRules(): Promise<PolicyRule[]> {
  const lines = (await readFile(CHART_ROLE, "utf8")).split("\n");
  const { rules } = parse(lines.filter((line) => !line.includes("{{")).join("\n")) as { rules: PolicyRule[] };
  return rules;
}

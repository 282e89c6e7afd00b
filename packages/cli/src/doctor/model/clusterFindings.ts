import { type Finding, isAtLeast } from "./finding.ts";

/** The oldest Kubernetes that both products run on: the chart's kubeVersion is the same. The tests run it and the newest. */
export const LEAST_KUBERNETES = "1.28";

/** The finding about the version that the API server reports, such as `v1.34.4`. */
export function versionFinding(gitVersion: string, origin: string, user: string | undefined): Finding {
  const who = user === undefined ? "" : `, as ${user}`;
  const cluster = { name: "cluster", message: `${gitVersion} at ${origin}${who}` };
  if (isAtLeast(gitVersion.replace(/^v/, ""), LEAST_KUBERNETES)) return { ...cluster, state: "ok" };
  return { ...cluster, state: "missing", fix: `Upgrade the cluster to Kubernetes ${LEAST_KUBERNETES} or newer` };
}

/** A finding if the cluster does not say who its user is: the daemon then cannot tell this user's sessions from others'. */
export function userFindings(user: string | undefined): readonly Finding[] {
  if (user !== undefined) return [];
  const message = "the API server does not say who you are, so the daemon adopts no session";
  const fix =
    `Ask the cluster's administrator for Kubernetes ${LEAST_KUBERNETES} or newer that serves authentication.k8s.io/v1, and for the ` +
    "right to create selfsubjectreviews, which the ClusterRole system:basic-user grants to everybody";
  return [{ name: "user", state: "missing", message, fix }];
}

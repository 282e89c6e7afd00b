import { isBehindProxy, type ResolvedAgentJob } from "@clauderon/kinds";
import { proxiedPod, type ProxiedPod } from "./proxiedPod.ts";

/** What the pod of a run behind the proxy gets; undefined for another run, and while there is no proxy. */
export function proxiedJob(resolved: ResolvedAgentJob): ProxiedPod | undefined {
  const { job, proxyAddress: address } = resolved;
  const { uid: principal } = job.metadata;
  if (!isBehindProxy(resolved) || address === undefined || principal === undefined) return undefined;
  return proxiedPod({ principal, address });
}

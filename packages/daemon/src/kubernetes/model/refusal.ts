import { clusterWords } from "@clauderon/pods";
import { Fault } from "@clauderon/base";

/** An error response of the API server. The ApiError of `kube` is one. */
export interface RefusedRequest {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly details: { readonly kind?: string; readonly name?: string };
}

/** What was tried, for example `create` and `Pod "clauderon-web"`. */
export interface Attempt {
  readonly verb: string;
  readonly what: string;
  readonly namespace: string;
}

/** The Fault for a request that the API server refused, with the server's message and a hint that fixes it. */
export function refusalFault(refusal: RefusedRequest, { verb, what, namespace }: Attempt): Fault {
  const words = clusterWords(refusal.message);
  if (isMissingNamespace(refusal, namespace)) {
    return new Fault("CONFIG_INVALID", `The namespace "${namespace}" is not in the cluster`, {
      hint: `kubectl create namespace ${namespace}`,
      cause: refusal,
    });
  }
  const message = `Cannot ${verb} ${what} in namespace "${namespace}": ${words}`;
  if (refusal.status === 422) {
    const hint = "Check the limits, the image and the settings of [kubernetes]";
    return new Fault("SPEC_INVALID", message, { hint, cause: refusal });
  }
  return new Fault("CLUSTER_REFUSED", message, { hint: hintFor(refusal, namespace), cause: refusal });
}

function isMissingNamespace({ status, details, message }: RefusedRequest, namespace: string): boolean {
  if (status !== 404) return false;
  return details.kind === "namespaces"
    ? details.name === namespace
    : message.includes(`namespaces "${namespace}" not found`);
}

function hintFor({ status, message }: RefusedRequest, namespace: string): string {
  if (status === 401) return "Log in to the cluster again, or choose another context with kubernetes.context";
  if (/exceeded quota|must specify/i.test(message))
    return `See kubectl describe resourcequota,limitrange -n ${namespace}`;
  if (/PodSecurity/.test(message)) return `See kubectl get namespace ${namespace} -o yaml for the level it enforces`;
  if (/being terminated/.test(message)) return `Wait until it is gone, then kubectl create namespace ${namespace}`;
  if (status === 403)
    return `docs/kubernetes.md has the Role that clauderon needs; kubectl auth can-i --list -n ${namespace} shows what you have`;
  return "The daemon tries again. If the problem stays, ask the cluster's administrator";
}

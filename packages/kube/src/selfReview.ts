import { isForbidden, isNotFound } from "./apiError.ts";
import type { KubeClient } from "./kubeClient.ts";

type Asker = Pick<KubeClient, "request">;

/**
 * The caller's user name as the API server knows it; undefined when the server cannot tell (before 1.28, or without
 * authentication.k8s.io/v1) or the caller may not ask. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review
 */
export async function userName(client: Asker): Promise<string | undefined> {
  try {
    const { status } = (await review(client, "authentication.k8s.io", "SelfSubjectReview")) as UserReview;
    return status?.userInfo?.username;
  } catch (thrown) {
    if (isNotFound(thrown) || isForbidden(thrown)) return undefined;
    throw thrown;
  }
}

/** An action to check, as `resourceAttributes` of a SelfSubjectAccessReview name it. */
export interface Action {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

/** Whether the caller is allowed to do it. */
export async function isAllowed(client: Asker, action: Action): Promise<boolean> {
  const spec = { resourceAttributes: action };
  const { status } = (await review(client, "authorization.k8s.io", "SelfSubjectAccessReview", spec)) as AccessReview;
  return status?.allowed === true;
}

async function review(client: Asker, group: string, kind: string, spec?: object): Promise<unknown> {
  const apiVersion = `${group}/v1`;
  const body = { apiVersion, kind, ...(spec !== undefined && { spec }) };
  return (await client.request("POST", `/apis/${apiVersion}/${kind.toLowerCase()}s`, { body })).json();
}

interface UserReview {
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}

interface AccessReview {
  readonly status?: { readonly allowed?: boolean };
}

import { isForbidden, isNotFound, type KubeClient } from "@clauderon/kube";

const PATH = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const REVIEW = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };

/**
 * The name by which the API server knows whoever asks; undefined when it cannot tell (servers before 1.28) or may not be
 * asked. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review
 */
export async function clusterUser(client: Pick<KubeClient, "request">): Promise<string | undefined> {
  try {
    const answer = (await client.request("POST", PATH, { body: REVIEW })).json() as Review;
    return answer.status?.userInfo?.username;
  } catch (thrown) {
    if (isNotFound(thrown) || isForbidden(thrown)) return undefined;
    throw thrown;
  }
}

interface Review {
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}

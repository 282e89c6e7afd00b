import { Fault, messageOf } from "@clauderon/base";

const CERTIFICATE =
  "Compare the certificate authority and tls-server-name of the kubeconfig with the server's certificate";
const ADDRESS = "Check the server's address in the kubeconfig, and the network or VPN";
const RUNNING = "Check that the cluster is running and that its address is the one in the kubeconfig";

/** Error codes of Node, OpenSSL and undici: what happened, and what the reader can do. */
const CAUSES: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ECONNREFUSED: ["the connection was refused", RUNNING],
  ECONNRESET: ["the connection was reset", RUNNING],
  EPIPE: ["the connection was reset", RUNNING],
  UND_ERR_SOCKET: ["the connection was closed", RUNNING],
  UND_ERR_CONNECT_TIMEOUT: ["no connection within the time allowed", ADDRESS],
  ETIMEDOUT: ["the connection timed out", ADDRESS],
  UND_ERR_HEADERS_TIMEOUT: ["no answer within the time allowed", RUNNING],
  UND_ERR_BODY_TIMEOUT: ["the answer stopped half-way", RUNNING],
  ENOTFOUND: ["its name is not known", ADDRESS],
  EAI_AGAIN: ["its name could not be looked up", ADDRESS],
  EHOSTUNREACH: ["there is no route to it", ADDRESS],
  ENETUNREACH: ["there is no route to it", ADDRESS],
  CERT_HAS_EXPIRED: ["its certificate has expired", CERTIFICATE],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["its certificate is not trusted", CERTIFICATE],
  SELF_SIGNED_CERT_IN_CHAIN: ["its certificate is not trusted", CERTIFICATE],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["its certificate is not trusted", CERTIFICATE],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["its certificate is not trusted", CERTIFICATE],
  CERT_SIGNATURE_FAILURE: ["its certificate is not trusted", CERTIFICATE],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its certificate is for another name", CERTIFICATE],
};

/** The Fault CLUSTER_UNAVAILABLE for a connection that failed; an existing Fault is returned unchanged. */
export function unreachable(server: URL, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const [what, hint] = CAUSES[codeOf(cause)] ?? [messageOf(cause) || codeOf(cause), RUNNING];
  return new Fault("CLUSTER_UNAVAILABLE", `Cannot reach the API server ${server.origin}: ${what}`, { hint, cause });
}

/** Whether an open connection broke, so that the request may or may not have been served. */
export function wasLost(cause: unknown): boolean {
  return ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(codeOf(cause));
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

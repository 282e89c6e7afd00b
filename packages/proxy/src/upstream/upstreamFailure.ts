import { messageOf } from "@clauderon/base";
import { AddressRefused } from "./destinations.ts";

/** Why a server was not reached or not understood, for the client and the audit log. */
export interface UpstreamFailure {
  readonly status: 403 | 502 | 504;
  readonly reason: string;
  readonly message: string;
}

/** A server did not answer in time. */
export class UpstreamTimeout extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UpstreamTimeout";
  }
}

const CERTIFICATE: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another name",
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "is signed by an authority that the proxy does not trust",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "is signed by an authority that the proxy does not trust",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is signed by an authority that the proxy does not trust",
  UNABLE_TO_GET_ISSUER_CERT: "is signed by an authority that the proxy does not trust",
  CERT_REVOKED: "was revoked",
};

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  EHOSTUNREACH: "is not reachable",
  ENETUNREACH: "is not reachable",
};

/** Explains what the connection to `host` threw. */
export function upstreamFailure(host: string, thrown: unknown): UpstreamFailure {
  if (thrown instanceof AddressRefused) return { status: 403, reason: "AddressNotPublic", message: thrown.message };
  if (thrown instanceof UpstreamTimeout) return { status: 504, reason: "UpstreamTimeout", message: thrown.message };
  const code = codeOf(thrown);
  const certificate = CERTIFICATE[code];
  if (certificate !== undefined) {
    return { status: 502, reason: "UpstreamCertificateInvalid", message: `The certificate of ${host} ${certificate}` };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ENODATA") {
    return { status: 502, reason: "HostNotFound", message: `${host} has no address` };
  }
  if (code === "ETIMEDOUT")
    return { status: 504, reason: "UpstreamTimeout", message: `${host} did not accept the connection in time` };
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined)
    return { status: 502, reason: "UpstreamUnreachable", message: `${host} ${unreachable}` };
  if (code.startsWith("HPE_")) {
    return { status: 502, reason: "UpstreamProtocolError", message: `${host} sent a response that is not valid HTTP` };
  }
  return {
    status: 502,
    reason: "UpstreamFailed",
    message: `The connection to ${host} failed: ${code || messageOf(thrown)}`,
  };
}

/** The code of an error; of several attempts, that of the first. */
function codeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  const code: unknown = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "string" ? code : "";
}

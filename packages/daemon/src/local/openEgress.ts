import type { Git } from "@clauderon/git";
import type { BackendContext, SessionRecord } from "../backend.ts";
import type { OpenedEgress, SessionEgress } from "../egress/sessionEgress.ts";

interface EgressInputs {
  readonly egress: SessionEgress;
  readonly credentials: BackendContext["credentials"];
  readonly latest: BackendContext["latest"];
  readonly signal: AbortSignal;
}

/** What a runner gets for the network: all credentials and no proxy, or a boundary, without which its agent must not start. */
export async function openEgress(
  session: SessionRecord,
  git: Git,
  { egress, credentials, latest, signal }: EgressInputs,
): Promise<Omit<OpenedEgress, "proxy"> & Partial<Pick<OpenedEgress, "proxy">>> {
  if (session.spec.egress === undefined) return { credentials, variables: {}, gitSettings: [] };
  const remote = await git.ask(["config", "--get", "remote.origin.url"]);
  return egress.open({ latest, remote, signal });
}

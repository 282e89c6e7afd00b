import {
  type AgentJob,
  defaultManifest,
  type ResolvedAgentJob,
  resolveReferences,
  validateManifest,
} from "@clauderon/kinds";
import { Fault, type KubeObject } from "@clauderon/base";
import { ManifestSet, selectAgentJob } from "./manifestSet.ts";
import type { Manifest } from "./parseManifests.ts";

/**
 * Checks all manifests as strictly as the API server, and gives them their defaults. The Fault reports every problem of
 * every manifest in the words of the API server and kubectl; its hint lists the places.
 */
export function checkManifests(manifests: readonly Manifest[]): ManifestSet {
  const findings = manifests.flatMap(({ source, object }) => {
    const messages = validateManifest(object, { strict: true }).map(({ message }) => message);
    return messages.length === 0 ? [] : [{ source, message: asKubectl(object, messages) }];
  });
  if (findings.length > 0) {
    throw new Fault("SPEC_INVALID", findings.map(({ message }) => message).join("\n"), {
      hint: `Fix ${findings.map(({ source }) => source).join(", ")}`,
    });
  }
  return new ManifestSet(manifests.map(({ object }) => defaultManifest(object as KubeObject)));
}

/** One problem on the same line, several in a list, as kubectl prints a refusal of the API server. */
function asKubectl(object: unknown, messages: readonly string[]): string {
  const { kind, metadata } = object as { kind?: unknown; metadata?: { name?: unknown } };
  const found = messages.length === 1 ? messages.join("") : `\n* ${messages.join("\n* ")}`;
  return typeof kind === "string" ? `The ${kind} ${JSON.stringify(metadata?.name ?? "")} is invalid: ${found}` : found;
}

/** The AgentJob to run with everything that it refers to, all from the manifests. */
export function resolveManifests(manifests: ManifestSet, name: string | undefined): ResolvedAgentJob {
  const job: AgentJob = selectAgentJob(manifests, name);
  const result = resolveReferences(job, (kind, name) => manifests.find(kind, name));
  if (result.resolved !== undefined) return result.resolved;
  const missing = result.missing.map(({ kind, name }) => `${kind} "${name}"`).join(", ");
  throw new Fault(
    "REFERENCE_NOT_FOUND",
    `AgentJob "${job.metadata.name}" refers to ${missing}, which the manifests do not contain`,
    { hint: "Add the files that define them with -f" },
  );
}

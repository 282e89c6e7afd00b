import {
  type AgentJob,
  defaultManifest,
  type ResolvedAgentJob,
  resolveReferences,
  validateManifest,
} from "@clauderon/api";
import { Fault, type KubeObject } from "@clauderon/base";
import type { Manifest } from "./manifestFiles.ts";
import { ManifestSet, selectAgentJob } from "./model/manifestSet.ts";

/**
 * Checks all manifests as the API server would, strictly, and gives them their defaults. Every finding of every manifest is
 * told, in the API server's words, with the place it comes from.
 */
export function checkManifests(manifests: readonly Manifest[]): ManifestSet {
  const findings = manifests.flatMap(({ source, object }) =>
    validateManifest(object, { strict: true }).map(({ message }) => ({ source, message })),
  );
  if (findings.length > 0) {
    throw new Fault("SPEC_INVALID", findings.map(({ message }) => message).join("\n"), {
      hint: `Mend ${[...new Set(findings.map(({ source }) => source))].join(", ")}`,
    });
  }
  return new ManifestSet(manifests.map(({ object }) => defaultManifest(object as KubeObject)));
}

/** The AgentJob to run with everything it refers to, all of it from the manifests. */
export function resolveManifests(manifests: ManifestSet, name: string | undefined): ResolvedAgentJob {
  const job: AgentJob = selectAgentJob(manifests, name);
  const result = resolveReferences(job, (kind, name) => manifests.find(kind, name));
  if (result.resolved !== undefined) return result.resolved;
  const missing = result.missing.map(({ kind, name }) => `${kind} "${name}"`).join(", ");
  throw new Fault(
    "REFERENCE_NOT_FOUND",
    `AgentJob "${job.metadata.name}" refers to ${missing}, not among the manifests`,
    {
      hint: "Give the files that define them with further -f options",
    },
  );
}

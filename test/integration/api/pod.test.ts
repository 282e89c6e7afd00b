import { type AgentJob, childNames, defaultManifest, resolveReferences, runInputsHash } from "@clauderon/kinds";
import { jobPodTemplate } from "@clauderon/pods";
import type { KubeObject } from "@clauderon/base";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";
import { readManifests } from "./kindsServer.ts";

const EXAMPLES = readManifests(join(import.meta.dirname, "../../../examples")).map(defaultManifest);
const JOBS = EXAMPLES.filter((object): object is AgentJob => object.kind === "AgentJob");

function find(kind: string, name: string): KubeObject | undefined {
  return EXAMPLES.find((object) => object.kind === kind && object.metadata.name === name);
}

function runPod(job: AgentJob): KubeObject & { spec: object } {
  const { resolved, missing } = resolveReferences({ ...job, metadata: { ...job.metadata, namespace: "agents" } }, find);
  if (resolved === undefined) throw new Error(`The examples do not have ${JSON.stringify(missing)}`);
  const { metadata, spec = { containers: [] } } = jobPodTemplate(resolved, runInputsHash(resolved));
  const name = childNames(job).job("0123456789");
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name, namespace: "agents" }, spec };
}

describe("the pod of a run", () => {
  let api: ApiServer;
  const apply = (object: unknown) => api.kubectl(["apply", "--server-side", "--filename=-"], JSON.stringify(object));

  beforeAll(async () => {
    api = await startApiServer();
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "agents", labels } });
    for (const name of ["default", ...JOBS.map((job) => childNames(job).serviceAccount)]) {
      await api.kubectl(["create", "serviceaccount", name, "--namespace=agents"]);
    }
  });
  afterAll(async () => await api[Symbol.asyncDispose]());

  it.each(JOBS.map((job) => [job.metadata.name, job] as const))(
    "of example %s passes Pod Security level restricted, and is stored as it was written",
    async (_name, job) => {
      const pod = runPod(job);
      await apply(pod);
      const stored = JSON.parse(
        await api.kubectl(["get", "pod", pod.metadata.name, "--namespace=agents", "--output=json"]),
      );
      expect(stored.spec).toMatchObject({ ...pod.spec, containers: expect.anything(), volumes: expect.anything() });
    },
  );

  it("does not pass when it is less locked down", async () => {
    const [job] = JOBS;
    if (job === undefined) throw new Error("no example");
    const pod = runPod(job);
    const open = { ...pod, metadata: { ...pod.metadata, name: "open" }, spec: { ...pod.spec, securityContext: {} } };
    await expect(apply(open)).rejects.toThrow(/violates PodSecurity "restricted/);
  });
});

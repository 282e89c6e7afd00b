import { type AgentJob, childLabels, childNames, FINALIZER } from "@clauderon/kinds";
import { describe, expect, it } from "vitest";
import { exampleJob, exampleSnapshot, NOON, ownedMeta } from "./snapshot.fixture.ts";
import { type Plan, planAgentJob } from "./plan.ts";
import type { Snapshot } from "./snapshot.ts";

const plan = (job: AgentJob, rest: Partial<Snapshot> = {}) => planAgentJob(exampleSnapshot(job, rest), NOON);
const kinds = ({ children }: Plan) => children.map(({ kind }) => kind);
const role = (owner: AgentJob) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: childNames(owner).clusterRole, uid: "role-1", labels: childLabels(owner) },
});

describe("planAgentJob, cluster access", () => {
  const job = exampleJob({ clusterAccessRef: "pods" });
  const holding = (spec: object, metadata: object) =>
    exampleJob(spec, { metadata: { ...job.metadata, finalizers: [FINALIZER], ...metadata } });

  it("grants nothing beyond the ceiling, revokes earlier grants, and starts nothing", () => {
    const accessCeiling = [{ apiGroups: [""], resources: ["services"], verbs: ["get"] }];
    const made = plan(job, { accessCeiling, children: { ClusterRole: role(job) } });
    expect(made).toMatchObject({
      children: [],
      start: undefined,
      finalizer: "keep",
      deletions: [{ kind: "ClusterRole" }],
    });
    const ready = made.status?.conditions.find(({ type }) => type === "Ready");
    expect(ready).toMatchObject({ status: "False", reason: "ClusterAccessNotPermitted" });
    expect(made.status?.status).toMatchObject({ phase: "Pending", message: expect.stringContaining("get pods") });
    const allowed = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }];
    expect(plan(job, { accessCeiling: allowed }).start).toBeDefined();
  });

  it("adds the finalizer before anything cluster-scoped", () => {
    const made = plan(job);
    expect(made.finalizer).toBe("add");
    expect(kinds(made)).toEqual(["ConfigMap", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"]);
    expect(plan(exampleJob()).finalizer).toBe("keep");
  });

  it("never shares a ClusterRole between a-b/c and a/b-c, and limits every name to 63 characters", () => {
    const names = [
      ["a-b", "c"],
      ["a", "b-c"],
      ["n".repeat(63), "j".repeat(200)],
    ].map(([namespace = "", name = ""]) => {
      const owner = exampleJob({ clusterAccessRef: "pods" }, { metadata: { ...job.metadata, namespace, name } });
      return plan(owner).children.map(({ desired }) => desired.metadata.name);
    });
    expect(names[0]?.[2]).not.toBe(names[1]?.[2]);
    for (const name of names.flat()) expect(name.length).toBeLessThanOrEqual(63);
  });

  it("removes the finalizer only when nothing cluster-scoped is left", () => {
    const deleted = holding({ clusterAccessRef: "pods" }, { deletionTimestamp: "2026-11-23T12:00:00Z" });
    const live = role(deleted);
    const made = plan(deleted, { children: { ClusterRole: live } });
    expect(made).toMatchObject({
      finalizer: "keep",
      deletions: [{ kind: "ClusterRole", object: live }],
      status: undefined,
    });
    expect(plan(deleted)).toMatchObject({ finalizer: "remove", deletions: [], children: [], start: undefined });
  });

  it("removes access and finalizer when clusterAccessRef is removed", () => {
    const without = holding({}, {});
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: ownedMeta(without, "summarize-runner") };
    const made = plan(without, { children: { ClusterRole: role(without), ServiceAccount: account } });
    expect(made.deletions.map(({ kind }) => kind)).toEqual(["ClusterRole", "ServiceAccount"]);
    expect(made.finalizer).toBe("keep");
    expect(plan(without).finalizer).toBe("remove");
  });

  it("deletes nothing that is not its own", () => {
    const other = exampleJob({}, { metadata: { ...job.metadata, name: "other" } });
    const made = plan(holding({}, {}), { children: { ClusterRole: role(other) } });
    expect(made).toMatchObject({ deletions: [], finalizer: "remove" });
  });
});

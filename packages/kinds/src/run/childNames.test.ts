import { isDnsLabel } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { childLabels, childNames } from "./childNames.ts";

const HASH = "0123456789";

function job(namespace: string, name: string, uid = "u1") {
  return { metadata: { namespace, name, uid } };
}

function allNames(namespace: string, name: string): string[] {
  const { job: jobName, grant: _ofUid, ...fixed } = childNames(job(namespace, name));
  return [...Object.values(fixed), jobName(HASH)];
}

describe("childNames", () => {
  it("follow the documented format", () => {
    const names = childNames(job("agents", "pr-fixer"));
    expect({ ...names, job: names.job(HASH) }).toEqual({
      grant: "clauderon-grant-u1",
      config: "pr-fixer-config",
      data: "pr-fixer-data",
      serviceAccount: "pr-fixer-runner",
      cronJob: "pr-fixer",
      job: "pr-fixer-0123456789",
      clusterRole: expect.stringMatching(/^thurkube-agents-pr-fixer-[0-9a-f]{10}$/),
    });
  });

  it("differ for any two AgentJobs, however namespace and name are divided", () => {
    const [one, other] = [childNames(job("a-b", "c")), childNames(job("a", "b-c"))];
    expect(one.clusterRole).not.toBe(other.clusterRole);
  });

  it("are DNS labels of at most 63 characters, and at most 52 for a CronJob", () => {
    for (const name of ["a", "a".repeat(52), "a".repeat(53), "a".repeat(253), "a.b.c", `${"a.".repeat(126)}b`]) {
      for (const child of allNames("n".repeat(63), name)) expect(isDnsLabel(child), child).toBe(true);
      expect(childNames(job("n", name)).cronJob.length).toBeLessThanOrEqual(52);
    }
  });

  it("differ for long names that differ only at their end", () => {
    const [one, other] = ["b", "c"].map((end) => allNames("agents", `${"a".repeat(200)}${end}`));
    expect(one?.filter((name) => other?.includes(name))).toEqual([]);
  });
});

describe("childLabels", () => {
  it("follow the documented format", () => {
    expect(childLabels(job("agents", "pr-fixer", "u1"))).toEqual({
      "app.kubernetes.io/managed-by": "thurkube",
      "thurkube.thurbeen.eu/agentjob": "pr-fixer",
      "thurkube.thurbeen.eu/agentjob-namespace": "agents",
      "thurkube.thurbeen.eu/owner-uid": "u1",
    });
  });

  it("shorten a name that is too long for a label value and stay distinct", () => {
    const [one, other] = ["b", "c"].map((end) => childLabels(job("agents", `${"a".repeat(200)}${end}`)));
    const name = "thurkube.thurbeen.eu/agentjob";
    expect(one?.[name]?.length).toBeLessThanOrEqual(63);
    expect(one?.[name]).not.toBe(other?.[name]);
  });
});

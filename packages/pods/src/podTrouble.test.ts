import { describe, expect, it } from "vitest";
import { podLoss, podTrouble } from "./podTrouble.ts";

const waiting = (reason: string, message?: string) =>
  podTrouble({
    status: {
      phase: "Pending",
      containerStatuses: [
        {
          name: "agent",
          image: "localhost/agent:1",
          imageID: "",
          ready: false,
          restartCount: 0,
          state: { waiting: { reason, ...(message !== undefined && { message }) } },
        },
      ],
    },
  });
const unscheduled = (message: string) =>
  podTrouble({ status: { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] } });

describe("podTrouble", () => {
  it.each([
    ["ErrImagePull", "ImagePullFailed"],
    ["ImagePullBackOff", "ImagePullFailed"],
    ["ErrImageNeverPull", "ImagePullFailed"],
    ["InvalidImageName", "ImagePullFailed"],
    ["CreateContainerConfigError", "NotConfigured"],
    ["CreateContainerError", "StartFailed"],
    ["RunContainerError", "StartFailed"],
    ["CrashLoopBackOff", "CrashLoop"],
  ])("reports %s as %s, with the kubelet's words", (word, reason) => {
    expect(waiting(word, "its words")).toMatchObject({ reason, words: "its words" });
  });

  it("has the kubelet's reason when there is no message", () => {
    expect(waiting("ImagePullBackOff")?.words).toBe("ImagePullBackOff");
  });

  it("distinguishes an unbound volume and a node that is too small", () => {
    expect(unscheduled("0/1 nodes are available: 1 Insufficient cpu.")?.reason).toBe("Unschedulable");
    expect(unscheduled("pod has unbound immediate PersistentVolumeClaims.")?.reason).toBe("VolumeNotBound");
  });

  it("finds nothing wrong with a pod that is being created or runs", () => {
    expect(waiting("ContainerCreating")).toBeUndefined();
    expect(podTrouble({})).toBeUndefined();
  });

  it("removes control characters and limits the text", () => {
    const words = waiting("ErrImagePull", `${"\u001b]0;owned\u0007".repeat(300)}\nmore`)?.words ?? "";
    expect(words).not.toContain("\u001b");
    expect(words.length).toBeLessThanOrEqual(400);
  });
});

describe("podLoss", () => {
  it.each([
    [{ reason: "Evicted", message: "low on memory" }, "Evicted"],
    [{ reason: "Preempting" }, "Evicted"],
    [{ reason: "NodeLost" }, "NodeLost"],
    [{ reason: "DeadlineExceeded" }, "DeadlineExceeded"],
    [{ conditions: [{ type: "DisruptionTarget", status: "True", reason: "DeletionByTaintManager" }] }, "NodeLost"],
    [{ conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }] }, "Evicted"],
  ])("reports %j as %s", (status, reason) => {
    expect(podLoss({ status })?.reason).toBe(reason);
  });

  it("returns nothing when the program ended by itself", () => {
    expect(podLoss({ status: { phase: "Failed" } })).toBeUndefined();
  });
});

import { EventRecorder, systemClock } from "@clauderon/controller";
import { CLUSTER_ROLES, CONFIG_MAPS, EVENTS } from "@clauderon/kube";
import { describe, expect, it } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { recordedLog } from "../../kit/recordedLog.ts";
import { configMap } from "./configMaps.ts";

const { api, client } = await useApiServer();

function startRecorder() {
  const { log, lines } = recordedLog();
  const reporter = { controller: "thurkube", instance: "thurkube-0" };
  return { lines, recorder: new EventRecorder({ client, reporter, log, clock: systemClock }) };
}

const failed = {
  type: "Warning",
  reason: "RunFailed",
  action: "Run",
  message: "The agent ended with exit code 1",
} as const;

describe("EventRecorder", () => {
  it("shows repetitions as a count in kubectl describe, and as one Event", async () => {
    const { lines, recorder } = startRecorder();
    const object = await client.create(CONFIG_MAPS, configMap("described"));
    for (let time = 0; time < 3; time += 1) {
      recorder.event(object, failed);
      await recorder.flush();
    }
    const described = await api.kubectl(["describe", "configmap", "described"]);
    expect(described).toMatch(
      /Warning\s+RunFailed\s+\S+ \(x3 over \S+\)\s+thurkube\s+The agent ended with exit code 1/,
    );
    const { items } = await client.list(EVENTS, { fieldSelector: "regarding.name=described" });
    expect([items.length, lines]).toEqual([1, []]);
  });

  it("starts a new count when its Event is gone", async () => {
    const { recorder } = startRecorder();
    const object = await client.create(CONFIG_MAPS, configMap("expired"));
    recorder.event(object, failed);
    await recorder.flush();
    await api.kubectl(["delete", "events", "--all"]);
    recorder.event(object, failed);
    await recorder.flush();
    const described = await api.kubectl(["describe", "configmap", "expired"]);
    expect(described).toMatch(/Warning\s+RunFailed\s+\S+\s+thurkube/);
  });

  it.each(["system:long", "x".repeat(253)])(
    "also reports the cluster-scoped object %s, with texts at their limits",
    async (name) => {
      const { lines, recorder } = startRecorder();
      const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules: [] };
      const object = await client.create(CLUSTER_ROLES, role);
      recorder.event(object, { ...failed, message: "é".repeat(2000) });
      await recorder.flush();
      expect(lines).toEqual([]);
      const { items } = await client.list(EVENTS, { namespace: "default", fieldSelector: `regarding.name=${name}` });
      expect(items).toHaveLength(1);
    },
  );
});

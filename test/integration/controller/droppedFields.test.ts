import { applyIfChanged, KeptForms } from "@clauderon/controller";
import { CRON_JOBS, type KubeClient } from "@clauderon/kube";
import type { KubeObject } from "@clauderon/base";
import { expect, it } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";

/** This API server knows `hostUsers`, and drops it silently: the gate is off, as it is by default in 1.28. */
const { api, client } = await useApiServer({ flags: ["--feature-gates=UserNamespacesSupport=false"] });

function cronJob(image = "localhost/agent:dev"): KubeObject {
  const spec = { restartPolicy: "Never", hostUsers: false, containers: [{ name: "agent", image }] };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "dropped", namespace: "default" },
    spec: { schedule: "@daily", jobTemplate: { spec: { template: { spec } } } },
  } as KubeObject;
}

it("applyIfChanged applies a field that the API server drops once, and still repairs what others change", async () => {
  const kept = new KeptForms();
  let writes = 0;
  const apply: KubeClient["apply"] = (resource, object, options) => {
    writes += 1;
    return client.apply(resource, object, options);
  };
  const pass = async (desired: KubeObject) => {
    const live = await client.get(CRON_JOBS, { namespace: "default", name: "dropped" });
    return applyIfChanged<KubeObject>({ apply }, CRON_JOBS, { desired, live, fieldManager: "thurkube", kept });
  };
  const { object } = await pass(cronJob());
  expect(JSON.stringify((object as KubeObject & { spec: object }).spec)).not.toContain("hostUsers");
  expect((await pass(cronJob())).changed).toBe(false);
  await client.patch(
    CRON_JOBS,
    object.metadata,
    { status: { lastScheduleTime: "2026-11-28T00:00:00Z" } },
    { subresource: "status" },
  );
  await pass(cronJob());
  expect(writes).toBe(1);
  await api.kubectl(["set", "image", "cronjob/dropped", "agent=other"]);
  expect((await pass(cronJob())).changed).toBe(true);
  expect((await pass(cronJob())).changed).toBe(false);
  expect((await pass(cronJob("localhost/agent:2"))).changed).toBe(true);
  await pass(cronJob("localhost/agent:2"));
  expect(writes).toBe(3);
});

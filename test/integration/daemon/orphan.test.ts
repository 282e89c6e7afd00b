import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { processesIn, tryKill } from "../../kit/processes.ts";
import { DaemonInside } from "./daemonInside.ts";
import { POLL } from "./daemonProcess.ts";

it("a session whose cluster is gone is deleted here alone, with all work that was fetched kept and nothing else touched", async () => {
  const daemon = await new DaemonInside().start();
  await daemon.create("far", "kubernetes");
  const before = { runners: daemon.runners("far"), work: daemon.workOf("far") };
  writeFileSync(join(before.work, "result"), "precious\n");
  await daemon.sessions.pull("far");
  await expect(daemon.sessions.orphan("far", false)).rejects.toMatchObject({ code: "USAGE" });
  daemon.pods.isInReach = false;
  await expect(daemon.sessions.delete("far", true)).rejects.toMatchObject({
    code: "CLUSTER_UNAVAILABLE",
    hint: "If its cluster is gone for good: clauderon delete --orphan far",
  });
  await daemon.until("far", ({ status }) => status.phase === "Deleting" && status.reason === "ClusterUnavailable");

  expect(await daemon.sessions.orphan("far", false)).toEqual({
    name: "far",
    rescuedRef: "refs/clauderon/rescued/far",
    notices: ["The volume of far stays"],
  });
  expect(daemon.sessions.list()).toEqual([]);
  expect(daemon.git("show", "refs/clauderon/rescued/far:result")).toBe("precious");
  expect(daemon.git("for-each-ref", "--format=%(refname)", "refs/clauderon")).toBe("refs/clauderon/rescued/far");
  expect(daemon.runners("far")).toEqual(before.runners);

  // The name is free again.
  daemon.pods.isInReach = true;
  for (const { pid } of processesIn(daemon.pods.folder("far"))) tryKill(pid);
  await expect.poll(() => daemon.runners("far"), POLL).toEqual([]);
  daemon.git("branch", "-D", "clauderon/far");
  await daemon.create("far", "local");
  await daemon.sessions.delete("far", true);
});

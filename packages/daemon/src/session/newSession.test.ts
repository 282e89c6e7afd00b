import { resolveConfig } from "@clauderon/config";
import { expect, it } from "vitest";
import { newSpec } from "./newSession.ts";

it.each([
  ["a request", "ReadOnly", "ReadWrite"],
  ["the configuration", undefined, "ReadOnly"],
] as const)(
  "newSpec refuses the access mode of %s without a boundary, because nothing would enforce it",
  async (_, accessMode, configured) => {
    const environment = { CLAUDERON_SESSION_ACCESS_MODE: configured };
    const { values: defaults } = resolveConfig({ environment, file: undefined });
    const request = { repository: "/nowhere", ...(accessMode === undefined ? {} : { accessMode }) };
    await expect(newSpec(request, "web", { defaults, environment: {} })).rejects.toMatchObject({
      code: "FEATURE_DISABLED",
      hint: expect.stringContaining("--access-mode and access_mode") as unknown,
    });
  },
);

it.each([
  [{ cpuLimit: "4" }, "--cpu-limit applies only to a session in Kubernetes"],
  [{ memoryLimit: "8Gi" }, "--memory-limit applies only to a session in Kubernetes"],
  [{ image: "i" }, "--image applies only to a session in Kubernetes"],
  [{ pullPolicy: "Always" }, "--pull-policy applies only to a session in Kubernetes"],
  [{ backend: "kubernetes", sandbox: true }, "A session in Kubernetes needs no sandbox: its pod is one"],
  [{ backend: "kubernetes", worktree: false }, "A session in Kubernetes cannot work in the checkout itself"],
  [{ sandbox: true, worktree: false }, "A sandboxed session cannot work in the checkout itself"],
  [{ base: "main", worktree: false }, "A session that works in the checkout begins with what is there"],
  [{ backend: "kubernetes", cpuLimit: "two" }, 'cpuLimit must be a Kubernetes quantity such as 4 or 500m, not "two"'],
  [{ backend: "kubernetes", memoryLimit: "512m" }, "memoryLimit cannot be 512m"],
] as const)("newSpec refuses %j", async (contradiction, message) => {
  const { values: defaults } = resolveConfig({ environment: {}, file: undefined });
  await expect(
    newSpec({ repository: "/nowhere", ...contradiction }, "web", { defaults, environment: {} }),
  ).rejects.toMatchObject({
    code: "SPEC_INVALID",
    message: expect.stringContaining(message) as unknown,
  });
});

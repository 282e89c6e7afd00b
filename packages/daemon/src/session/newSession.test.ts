import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveConfig } from "@clauderon/config";
import type { CreateSession } from "@clauderon/protocol";
import { expect, it, onTestFinished } from "vitest";
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

const CONFIGURED = `
[proxy]
egress = "enforce"
allow = ["docs.example.com"]
presets = ["npm", "none"]
[credentials]
grant = ["GH_TOKEN"]`;

it.each([
  [{}, { mode: "Enforce", allow: ["docs.example.com"], presets: ["npm"], credentials: ["GH_TOKEN"] }],
  [
    { egress: { mode: "Record", allow: [], presets: [], credentials: [], detect: false } },
    { mode: "Record", allow: [], presets: [], credentials: [] },
  ],
  [{ egress: { mode: "Open", allow: [], presets: [], credentials: [], detect: true } }, undefined],
] as const)("newSpec gives a request with %j the boundary %j, by the configuration", async (request, egress) => {
  const file = { path: "config.toml", text: CONFIGURED };
  const { values: defaults } = resolveConfig({ environment: {}, file });
  const made = await newSpec({ repository: repository(), sandbox: true, ...request } as CreateSession, "web", {
    defaults,
    environment: { ...process.env },
  });
  expect(made.egress).toEqual(egress);
});

const SANDBOXED = { sandbox: true, egress: { mode: "Enforce", allow: [], presets: [], credentials: [] } };
const OPEN = { sandbox: false, egress: undefined };

it.each([
  ["by default", {}, SANDBOXED],
  ["where bubblewrap does not work", { bwrap: 1 }, OPEN],
  ["without bubblewrap", { bwrap: undefined }, OPEN],
  ["in the checkout itself", { request: { worktree: false } }, OPEN],
  ["without a sandbox on request", { request: { sandbox: false } }, OPEN],
  [
    "with another host for its model",
    { request: { environment: { ANTHROPIC_BASE_URL: "https://gateway.example" } } },
    { sandbox: true, egress: undefined },
  ],
  ["on a machine with an HTTP proxy", { machine: { https_proxy: "http://p:1" } }, { sandbox: true, egress: undefined }],
  [
    "on a machine with an HTTP proxy, on request",
    { machine: { https_proxy: "http://p:1" }, file: '[proxy]\negress = "enforce"' },
    SANDBOXED,
  ],
  [
    "without a boundary by the configuration",
    { file: '[proxy]\negress = "open"' },
    { sandbox: true, egress: undefined },
  ],
  ["without a sandbox by the configuration", { file: "[local]\nsandbox = false" }, OPEN],
] as const)("newSpec makes a session %s", async (_, given, expected) => {
  const { bwrap, request, machine, file } = { bwrap: 0, request: {}, machine: {}, file: "", ...given };
  const { values: defaults } = resolveConfig({ environment: {}, file: { path: "config.toml", text: file } });
  const made = await newSpec({ repository: repository(), ...request }, "web", {
    defaults,
    environment: { PATH: programs(bwrap), ...machine },
  });
  expect({ sandbox: made.sandbox, egress: made.egress }).toEqual(expected);
});

/** A folder with a bubblewrap that ends with this code, or with none. */
function programs(code: number | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "programs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const program of ["git", "sh"])
    symlinkSync(
      execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim(),
      join(folder, program),
    );
  if (code !== undefined) writeFileSync(join(folder, "bwrap"), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
  return folder;
}

/** A repository with one commit. */
function repository(): string {
  const folder = mkdtempSync(join(tmpdir(), "new-session-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const identity = ["-c", "user.name=me", "-c", "user.email=me@example.com"];
  for (const args of [
    ["init", "-q"],
    [...identity, "commit", "-q", "--allow-empty", "-m", "Begin"],
  ])
    execFileSync("git", args, { cwd: folder });
  return folder;
}

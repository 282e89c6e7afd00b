import { beforeAll, describe, expect, it } from "vitest";
import { delay, error, text, unauthorized } from "../kit/internet/messages/turns.ts";
import { agentJob, basics, manifest, secret, startWorld } from "./world.ts";

// Everything that can go wrong with a run, each on the real cluster: what the user reads must name the cause and the fix.
const world = await startWorld({
  messages: {
    scenarios: [
      { name: "revoked", when: { prompt: "revoked key" }, script: () => unauthorized() },
      {
        name: "error",
        when: { prompt: "bad request" },
        script: () => error(400, "invalid_request_error", "model: not a model"),
      },
      { name: "slow", when: { prompt: "too slow" }, script: [[delay(120_000), text("late")]] },
      { name: "fine", script: [text("done")] },
    ],
  },
});
const { cluster } = world;
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace("causes");
  const runtime = {
    image: "localhost/no-such-image:1",
    imagePullPolicy: "Never",
    authEnvVar: "TOKEN",
    configPath: "/c",
    persistPath: "/p",
  };
  await world.apply(
    namespace,
    ...basics(),
    manifest("AgentRuntime", "no-image", runtime),
    manifest("AgentRuntime", "no-registry", {
      ...runtime,
      image: "127.0.0.1:9/agent:1",
      imagePullPolicy: "IfNotPresent",
    }),
    manifest("AgentAuth", "no-key", { secretRef: { name: "no-such-secret", key: "token" } }),
    secret("half", "other", "value"),
    manifest("AgentAuth", "no-key-in-secret", { secretRef: { name: "half", key: "token" } }),
  );
});

interface Case {
  readonly name: string;
  readonly spec: object;
  readonly phase: "Pending" | "Failed";
  readonly reason: string;
  /** What the message says about cause and fix. */
  readonly message: readonly RegExp[];
}

const CASES: readonly Case[] = [
  {
    name: "revoked",
    spec: { prompt: "a revoked key", env: [{ name: "CLAUDE_CODE_MAX_RETRIES", value: "1" }] },
    phase: "Failed",
    reason: "AuthenticationFailed",
    message: [/401/, /check key "token" of Secret "claude-oauth"/],
  },
  {
    name: "error",
    spec: { prompt: "a bad request" },
    phase: "Failed",
    reason: "ModelError",
    message: [/400/, /not a model/],
  },
  {
    name: "slow",
    spec: { prompt: "too slow", timeoutSeconds: 8 },
    phase: "Failed",
    reason: "TimedOut",
    message: [/timeoutSeconds \(8\)/, /raise spec\.timeoutSeconds/],
  },
  {
    name: "hungry",
    spec: { prompt: "fine", resources: { limits: { memory: "120Mi" } } },
    phase: "Failed",
    reason: "OutOfMemory",
    message: [/120Mi/, /raise spec\.resources\.limits\.memory/],
  },
  {
    name: "no-image",
    spec: { prompt: "fine", runtimeRef: "no-image" },
    phase: "Pending",
    reason: "ImagePullFailed",
    message: [/localhost\/no-such-image:1/, /AgentRuntime "no-image"/],
  },
  {
    name: "no-key",
    spec: { prompt: "fine", authRef: "no-key" },
    phase: "Pending",
    reason: "SecretKeyMissing",
    message: [/kubectl create secret generic no-such-secret/, /--from-literal=token=/],
  },
  {
    name: "no-key-in-secret",
    spec: { prompt: "fine", authRef: "no-key-in-secret" },
    phase: "Pending",
    reason: "SecretKeyMissing",
    message: [/Key "token" of Secret "half"/, /kubectl patch secret half --type merge --patch/],
  },
  {
    name: "no-registry",
    spec: { prompt: "fine", runtimeRef: "no-registry" },
    phase: "Pending",
    reason: "ImagePullFailed",
    message: [/127\.0\.0\.1:9\/agent:1/, /AgentRuntime "no-registry"/],
  },
  {
    name: "too-big",
    spec: { prompt: "fine", resources: { requests: { memory: "900Gi" } } },
    phase: "Pending",
    reason: "Unschedulable",
    message: [/Insufficient memory/, /lower spec\.resources/],
  },
];

describe("a run that cannot succeed", () => {
  it.concurrent.each(CASES)("$name: phase $phase, reason $reason, and a message with cause and cure", async (each) => {
    await world.apply(namespace, agentJob(each.name, each.spec));
    const message = await world.untilReason(namespace, each.name, { type: "RunSucceeded", reason: each.reason });
    for (const words of each.message) expect(message).toMatch(words);
    expect((await world.job(namespace, each.name)).status).toMatchObject({
      phase: each.phase,
      message: expect.stringContaining(message),
    });

    const described = (await cluster.kubectl(["describe", "aj", each.name, "--namespace", namespace])).replaceAll(
      /\s+/g,
      " ",
    );
    const [status = "", events = ""] = described.split("Events:");
    for (const words of each.message) {
      expect(status).toMatch(words);
      expect(events).toMatch(words);
    }
  });

  it("starts by itself when the missing key is added as its message says", async () => {
    const { status } = await world.job(namespace, "no-key-in-secret");
    const command = /kubectl (patch secret half .*--namespace \S+)$/.exec(status?.message ?? "")?.[1] ?? "";
    const words = command.replace("…", "t").match(/'[^']*'|\S+/g) ?? [];
    await cluster.kubectl(words.map((word) => word.replaceAll("'", "")));
    expect((await world.untilPhase(namespace, "no-key-in-secret", "Succeeded")).status?.runs).toHaveLength(1);
  });

  it("starts by itself when the missing Secret is created", async () => {
    await cluster.kubectl([
      "create",
      "secret",
      "generic",
      "no-such-secret",
      "--namespace",
      namespace,
      "--from-literal=token=t",
    ]);
    expect((await world.untilPhase(namespace, "no-key", "Succeeded")).status?.runs).toHaveLength(1);
  });
});

import { join } from "node:path";
import { validateManifest } from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { comparable, type KindsServer, readManifests, startKindsServer, type Verdict } from "./kindsServer.ts";
import { mutations } from "./mutations.ts";

const API_VERSION = "thurkube.thurbeen.eu/v1alpha1";

function manifest(kind: string, spec: unknown, more: object = {}) {
  return { apiVersion: API_VERSION, kind, metadata: { name: "x" }, spec, ...more };
}

function job(spec: object, more: object = {}) {
  return manifest("AgentJob", { runtimeRef: "a", authRef: "a", roleRef: "a", prompt: "x", ...spec }, more);
}

function runtime(spec: object) {
  return manifest("AgentRuntime", { image: "i", authEnvVar: "T", configPath: "/c", persistPath: "/p", ...spec });
}

/** What is refused, and a part of what must be said about it. */
const REFUSED: Readonly<Record<string, readonly [unknown, string]>> = {
  "both command and url": [
    manifest("McpServer", { command: "x", url: "http://x/" }),
    "exactly one of command and url must be set",
  ],
  "neither command nor url": [manifest("McpServer", {}), "exactly one of command and url must be set"],
  "args beside a url": [
    manifest("McpServer", { url: "http://x/", args: ["a"] }),
    "args can be set only together with command",
  ],
  "a url that is not http": [manifest("McpServer", { url: "ftp://x/" }), "must be an http or https URL"],
  "an empty prompt": [
    job({ prompt: "" }),
    'spec.prompt: Invalid value: "": spec.prompt in body should be at least 1 chars long',
  ],
  "an unknown field": [job({ promt: "x" }), 'strict decoding error: unknown field "spec.promt"'],
  "unknown fields at every depth": [
    job({ env: [{ name: "A", vaule: "1" }] }, { extra: 1, metadata: { name: "x", lables: {} } }),
    'unknown field "metadata.lables", unknown field "extra", unknown field "spec.env[0].vaule"',
  ],
  "a wrong type": [job({ timeoutSeconds: "1h" }), 'must be of type integer: "string"'],
  "a text where a list belongs": [job({ repositoryRefs: "thurkube" }), 'must be of type array: "string"'],
  "a missing field": [
    manifest("AgentJob", { prompt: "x", authRef: "a", roleRef: "a" }),
    "spec.runtimeRef: Required value",
  ],
  "no spec": [{ apiVersion: API_VERSION, kind: "AgentJob", metadata: { name: "x" } }, "spec: Required value"],
  "a value that is none of those allowed": [
    runtime({ imagePullPolicy: "Sometimes" }),
    'supported values: "Always", "IfNotPresent", "Never"',
  ],
  "a bad quantity": [
    job({ resources: { limits: { memory: "4 GB" } } }),
    "spec.resources.limits.memory in body should match",
  ],
  "a relative path": [runtime({ configPath: "etc/x" }), "must be an absolute path below the root"],
  "a path that climbs": [runtime({ persistPath: "/data/../etc" }), "must be an absolute path below the root"],
  "the root as path": [runtime({ configPath: "/" }), "must be an absolute path below the root"],
  "a path with a colon": [runtime({ configPath: "/a:b" }), "must be an absolute path below the root"],
  "no time at all": [job({ timeoutSeconds: 0 }), "should be greater than or equal to 1"],
  "a reference that is no name": [job({ runtimeRef: "Claude_Code" }), "spec.runtimeRef in body should match"],
  "an empty tool": [
    manifest("AgentRole", { allowedTools: [""] }),
    "spec.allowedTools[0] in body should be at least 1 chars long",
  ],
  "a variable that no shell takes": [runtime({ authEnvVar: "A-B" }), "spec.authEnvVar in body should match"],
  "a variable with an equals sign": [job({ env: [{ name: "A=B" }] }), "spec.env[0].name in body should match"],
  "two sources of one variable": [
    job({ env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "a" }, secretKeyRef: { name: "s", key: "k" } } }] }),
    "exactly one of configMapKeyRef, fieldRef, resourceFieldRef and secretKeyRef must be set",
  ],
  "value and valueFrom": [
    job({ env: [{ name: "A", value: "x", valueFrom: { fieldRef: { fieldPath: "a" } } }] }),
    "valueFrom may not be set when value is not empty",
  ],
  "no source of variables": [
    job({ envFrom: [{ prefix: "A" }] }),
    "exactly one of configMapRef and secretRef must be set",
  ],
  "an owner that is an option": [manifest("Repository", { owner: "-x", name: "b" }), "spec.owner in body should match"],
  "a repository that climbs": [manifest("Repository", { owner: "a", name: ".." }), "spec.name in body should match"],
  "a repository that breaks out of a URL": [manifest("Repository", { owner: "a", name: "b/../c" }), "should match"],
  "a repository with a shell's characters": [manifest("Repository", { owner: "a", name: "b;id" }), "should match"],
  "a ref that is an option": [
    manifest("Repository", { owner: "a", name: "b", ref: "--upload-pack=x" }),
    "must be the name of a branch",
  ],
  "a ref with two dots": [
    manifest("Repository", { owner: "a", name: "b", ref: "a..b" }),
    "must be the name of a branch",
  ],
  "a skill without owner": [manifest("AgentSkill", { repo: "skills", name: "x" }), "spec.repo in body should match"],
  "a skill that climbs": [manifest("AgentSkill", { repo: "a/b", name: "../x" }), "spec.name in body should match"],
  "two pull secrets of one name": [
    runtime({ imagePullSecrets: [{ name: "a" }, { name: "a" }] }),
    'Duplicate value: {"name":"a"}',
  ],
  "too many repositories": [job({ repositoryRefs: Array(65).fill("a") }), "Too many: 65: must have at most 64 items"],
  "a prompt that fits into no ConfigMap": [
    job({ prompt: "é".repeat(1_000_001) }),
    "spec.prompt: Too long: may not be more than 1000000 bytes",
  ],
  "a prompt and instructions that fit into no ConfigMap together": [
    job({ prompt: "x".repeat(600_000), instructions: "é".repeat(400_001) }),
    "prompt and instructions can have at most 1000000 characters together",
  ],
  "an address that an agent may reach": [
    job({ egress: { allow: ["10.0.0.1"] } }),
    "spec.egress.allow[0] in body should match",
  ],
  "a pattern for a whole top-level domain": [
    job({ egress: { allow: ["*.com"] } }),
    "spec.egress.allow[0] in body should match",
  ],
  "a list of hosts that does not exist": [job({ egress: { presets: ["everything"] } }), "supported values"],
  "another way to deliver a credential": [
    manifest("AgentAuth", { secretRef: { name: "s", key: "k" }, delivery: "File" }),
    'supported values: "Env", "Proxy"',
  ],
  "no name": [job({}, { metadata: {} }), "metadata.name: Required value: name or generateName is required"],
  "a name that is none": [job({}, { metadata: { name: "X_y" } }), "a lowercase RFC 1123 subdomain must consist of"],
  "an empty schedule": [job({ schedule: "" }), "must be five fields"],
  "six fields": [job({ schedule: "0 0 * * * *" }), "there is no field for seconds"],
  "four fields": [job({ schedule: "0 * * *" }), "must be five fields"],
  "a time zone in the schedule": [
    job({ schedule: "TZ=Europe/Paris 0 6 * * *" }),
    "must not contain a time zone; use spec.timezone",
  ],
  "a time zone of the other spelling": [job({ schedule: "CRON_TZ=UTC 0 6 * * *" }), "must not contain a time zone"],
  "minute 60": [job({ schedule: "60 * * * *" }), "minute (field 1) must be"],
  "hour 24": [job({ schedule: "0 24 * * *" }), "hour (field 2) must be"],
  "day 0": [job({ schedule: "0 0 0 * *" }), "day of month (field 3) must be"],
  "month 13": [job({ schedule: "0 0 1 13 *" }), "month (field 4) must be"],
  "weekday 7": [job({ schedule: "0 0 * * 7" }), "day of week (field 5) must be"],
  "a weekday in full": [job({ schedule: "0 0 * * MONDAY" }), "day of week (field 5) must be"],
  "a step of 0": [job({ schedule: "*/0 * * * *" }), "minute (field 1) must be"],
  "a range backwards": [job({ schedule: "0 17-9 * * *" }), "must not contain a range that ends before it begins"],
  words: [job({ schedule: "every day at noon please" }), "minute (field 1) must be"],
  "an unknown macro": [job({ schedule: "@noon" }), "must be one of the macros"],
  "no time zone": [job({ timezone: "" }), "must be the name of an IANA time zone"],
  "the local time zone": [job({ timezone: "Local" }), "must be the name of an IANA time zone"],
  "a time zone that is a path": [job({ timezone: "../etc/passwd" }), "must be the name of an IANA time zone"],
};

/** Schedules that a CronJob of Kubernetes accepts, so users may have them in their manifests. */
const SCHEDULES = [
  "* * * * *",
  "0 */6 * * *",
  "  5   4\t*  * *  ",
  "05 04 01 01 00",
  "1,2-5,10-20/5 ? 1-31 jan-DEC Sun,mOn-fri",
  "7/10 0 * * ?",
  "@yearly",
  "@annually",
  "@monthly",
  "@weekly",
  "@daily",
  "@midnight",
  "@hourly",
  "@every 1h30m",
];

const TIME_ZONES = [
  "UTC",
  "Etc/UTC",
  "Etc/GMT+5",
  "Europe/Paris",
  "America/Port-au-Prince",
  "America/Argentina/Buenos_Aires",
  "EST5EDT",
];

/** Texts as long as the schema allows. A character counts once, whatever it is in UTF-8 and in UTF-16. */
const LONGEST = [
  { prompt: "x".repeat(1_000_000) },
  { prompt: "é".repeat(600_000), instructions: "x".repeat(400_000) },
  { prompt: "🦆".repeat(350_000), instructions: "x".repeat(650_000) },
];

function wordsOf(verdict: Verdict | undefined): readonly string[] {
  return verdict !== undefined && "refused" in verdict ? verdict.refused : [];
}

describe("a manifest", () => {
  let server: KindsServer;
  beforeAll(async () => {
    server = await startKindsServer();
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  async function expectSameWords(object: unknown): Promise<readonly string[]> {
    const said = wordsOf(await server.create(object));
    const local = validateManifest(object, { strict: true }).map(({ message }) => message);
    expect(comparable(local)).toEqual(comparable(said));
    return local;
  }

  it.each(Object.entries(REFUSED))(
    "with %s is refused, by this validation in the server's words",
    async (_what, [object, words]) => {
      expect((await expectSameWords(object)).join("\n")).toContain(words);
    },
  );

  it.each([...SCHEDULES.map((schedule) => ({ schedule })), ...TIME_ZONES.map((timezone) => ({ timezone }))])(
    "with %j is accepted by the server, by CronJob and by this validation",
    async (spec) => {
      expect(await expectSameWords(job(spec))).toEqual([]);
      await server.api.kubectl(["create", "--dry-run=server", "--filename=-"], JSON.stringify(cronJob(spec)));
    },
  );

  it.each(LONGEST)("with the longest texts is accepted", async (spec) => {
    expect(await expectSameWords(job(spec))).toEqual([]);
  });

  it("of a kind or version that does not exist is refused in kubectl's words", async () => {
    for (const wrong of [
      { kind: "AgentJobb" },
      { apiVersion: "thurkube.thurbeen.eu/v1" },
      { apiVersion: "thurbeen.eu/v1" },
    ]) {
      const object = { ...job({}), ...wrong };
      const [error] = validateManifest(object);
      const refusal = server.api.kubectl(["apply", "--filename=-"], JSON.stringify(object));
      await expect(refusal).rejects.toThrow(error?.message ?? "nothing");
    }
  });

  it.each(["apiVersion", "kind"] as const)("without %s is refused in kubectl's words", async (field) => {
    const { [field]: _removed, ...object } = job({});
    const refusal = server.api.kubectl(["apply", "--filename=-"], JSON.stringify(object));
    await expect(refusal).rejects.toThrow(`error validating data: ${field} not set`);
    expect(validateManifest(object).map(({ message }) => message)).toEqual([`${field} not set`]);
  });

  const manifests = readManifests(join(import.meta.dirname, "manifests"));
  const whole = manifests.filter(({ metadata }) => ["every-field", "local", "remote"].includes(metadata.name));

  it.each(whole.map((one: KubeObject) => [`${one.kind} ${one.metadata.name}`, one] as const))(
    "like %s with any one value changed gets the same verdict, in the same words",
    { timeout: 180_000 },
    async (_name, object) => {
      for (const together of mutations({ ...object, metadata: { name: "x" } })) {
        const verdicts = await Promise.all(together.map(({ changed }) => server.create(changed)));
        for (const [index, { what, changed }] of together.entries()) {
          const local = validateManifest(changed, { strict: true }).map(({ message }) => message);
          expect(comparable(local), what).toEqual(comparable(wordsOf(verdicts[index])));
        }
      }
    },
  );
});

function cronJob({ schedule = "@daily", timezone = "UTC" }: { schedule?: string; timezone?: string }) {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "i" }] } };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "x" },
    spec: { schedule, timeZone: timezone, jobTemplate: { spec: { template } } },
  };
}

import { join } from "node:path";
import {
  AGENT_JOBS,
  crds,
  defaultManifest,
  KINDS,
  kindSchema,
  type StructuralSchema,
  validateManifest,
} from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KindsServer, readManifests, startKindsServer } from "./kindsServer.ts";

const MANIFESTS = readManifests(join(import.meta.dirname, "manifests"));
const EXAMPLES = readManifests(join(import.meta.dirname, "../../../examples"));

/** Every field of a schema, as in `spec.env[].name`. */
function fields(schema: StructuralSchema, path: string): string[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    fields(property, `${path}.${name}`),
  );
  return [path, ...inner, ...(schema.items === undefined ? [] : fields(schema.items, `${path}[]`))];
}

/** Every field that a value sets, in the form of {@link fields}. */
function set(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item) => set(item, `${path}[]`))];
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => set(member, `${path}.${name}`))];
}

function specOf(object: KubeObject): unknown {
  return (object as { spec?: unknown }).spec;
}

function job(name: string, more: object) {
  const metadata = { name, namespace: "default" };
  const spec = { runtimeRef: "a", authRef: "a", roleRef: "a", prompt: "x", ...more };
  return { apiVersion: "thurkube.thurbeen.eu/v1alpha1", kind: "AgentJob", metadata, spec };
}

describe("the eight kinds on a real API server", () => {
  let server: KindsServer;
  beforeAll(async () => {
    server = await startKindsServer();
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  it("are served, and the server finds nothing wrong with their schemas", async () => {
    const list = JSON.parse(await server.api.kubectl(["get", "crd", "--output=json"]));
    const conditions = list.items.flatMap((item: { status: { conditions: { type: string; status: string }[] } }) =>
      item.status.conditions.map(({ type, status }) => `${type}=${status}`),
    );
    expect(conditions.toSorted()).toEqual([
      ...Array(8).fill("Established=True"),
      ...Array(8).fill("NamesAccepted=True"),
    ]);
  });

  it("have CRDs that a second server-side apply does not change", async () => {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: crds() });
    await server.api.kubectl(["apply", "--server-side", "--force-conflicts", "--filename=-"], list);
    const versions = ["get", "crd", "--output=jsonpath={.items[*].metadata.resourceVersion}"];
    const before = await server.api.kubectl(versions);
    await server.api.kubectl(["apply", "--server-side", "--filename=-"], list);
    expect(await server.api.kubectl(versions)).toBe(before);
  });

  it.each(KINDS.map((kind) => [kind.kind, kind] as const))(
    "have a test manifest for every field of %s",
    (_name, kind) => {
      const used = MANIFESTS.filter((manifest) => manifest.kind === kind.kind).flatMap((one) =>
        set(specOf(one), "spec"),
      );
      const spec = kindSchema(kind).properties?.["spec"] ?? {};
      expect(fields(spec, "spec").filter((path) => !path.endsWith("[]") && !used.includes(path))).toEqual([]);
    },
  );

  it.each([...MANIFESTS, ...EXAMPLES].map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))(
    "accept %s, and store it as defaultManifest says",
    async (_name, manifest) => {
      expect(validateManifest(manifest, { strict: true })).toEqual([]);
      const verdict = await server.create({ ...manifest, metadata: { name: manifest.metadata.name } });
      if ("refused" in verdict) throw new Error(verdict.refused.join("\n"));
      expect(specOf(defaultManifest(manifest))).toEqual(specOf(verdict.stored));
    },
  );

  it("keep a prompt of a million characters", async () => {
    const prompt = "x".repeat(1_000_000);
    await server.api.kubectl(["create", "--filename=-"], JSON.stringify(job("long", { prompt })));
    expect(await server.api.kubectl(["get", "aj", "long", "--output=jsonpath={.spec.prompt}"])).toBe(prompt);
    await server.api.kubectl(["delete", "aj", "long"]);
  });

  it("are all in one category, and found by their short names", async () => {
    const found = await server.api.kubectl(["api-resources", "--categories=thurkube", "--no-headers"]);
    const shortNames = found
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ +/)[1]);
    expect(new Set(shortNames)).toEqual(new Set(["aa", "aj", "ar", "arl", "ask", "ca", "mcp", "repo"]));
  });

  it.each(KINDS.map((kind) => kind.plural))("explain every field of %s", async (plural) => {
    const explained = await server.api.kubectl(["explain", plural, "--recursive"]);
    expect(explained).toContain("spec\t");
    const schema = kindSchema(KINDS.find((kind) => kind.plural === plural) ?? AGENT_JOBS);
    for (const name of Object.keys(schema.properties?.["spec"]?.properties ?? {}))
      expect(explained).toContain(`${name}\t`);
  });

  it("explain a field in words", async () => {
    expect(await server.api.kubectl(["explain", "aj.spec.prompt"])).toMatch(
      /FIELD: prompt <string>[^]*The agent's task\./,
    );
    expect(await server.api.kubectl(["explain", "aj.spec.suspend"])).toContain("no new run starts");
  });

  it("show an AgentJob in the documented columns only", async () => {
    const lastRunTime = new Date(Date.now() - 150_000).toISOString();
    for (const [name, spec, phase] of [
      ["summarize", {}, "Succeeded"],
      ["pr-fixer", { schedule: "0 */6 * * *" }, "Running"],
    ] as const) {
      await server.api.kubectl(["create", "--filename=-"], JSON.stringify(job(name, spec)));
      const schedule = "schedule" in spec ? spec.schedule : "<none>";
      const patch = JSON.stringify({ status: { phase, lastRunTime, schedule } });
      await server.api.kubectl(["patch", "aj", name, "--subresource=status", "--type=merge", `--patch=${patch}`]);
    }
    const lines = (await server.api.kubectl(["get", "aj"])).trimEnd().split("\n");
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ["NAME", "SCHEDULE", "SUSPENDED", "PHASE", "LAST RUN"],
      ["pr-fixer", "0 */6 * * *", "false", "Running", expect.stringMatching(/^2m\d*s?$/)],
      ["summarize", "<none>", "false", "Succeeded", expect.stringMatching(/^2m\d*s?$/)],
    ]);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOORS, LAYERS } from "../../layers.ts";
import {
  circles,
  doorOf,
  doorViolations,
  layerViolations,
  lengthViolations,
  nameViolations,
  platformViolations,
  undeclaredDependencies,
} from "./rules.ts";
import { readSources, readTexts } from "./sources.ts";
import { hastyWaits } from "./waits.ts";

const ROOT = join(import.meta.dirname, "../..");
const BROKEN = join(import.meta.dirname, "fixtures/broken");
const PACKAGES = ["packages/*/src/**/*.ts"];

const packages = readSources(ROOT, PACKAGES);
const everything = readSources(ROOT, [...PACKAGES, "test/**/*.ts", "tools/**/*.ts", "bench/**/*.ts", "*.ts"]);
const broken = readSources(BROKEN, PACKAGES);

describe("the layers", () => {
  it("have a rule for every package", () => {
    expect(readdirSync(join(ROOT, "packages")).toSorted()).toEqual(Object.keys(LAYERS).toSorted());
  });

  it("are those of docs/architecture.md, with their tiers", () => {
    const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    const rows = [...page.matchAll(/^\| ([\w, -]+) \| (pure|adapter|app) \|/gm)];
    const listed = rows.flatMap(([, names = "", tier]) => names.split(", ").map((name) => [name, tier]));
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(LAYERS).map(([name, { tier }]) => [name, tier])),
    );
  });

  it.each(Object.keys(LAYERS))("hold files of %s, so its rule is not stale", (name) => {
    expect(packages.filter(({ path }) => path.startsWith(`packages/${name}/`)).length).toBeGreaterThan(0);
  });

  it("are kept by every import", () => {
    expect(layerViolations(packages)).toEqual([]);
  });

  it("reject an import against the layers, of any kind, and one around a package's door", () => {
    expect(layerViolations(broken)).toEqual([
      "packages/base/src/model/upwards.ts imports @clauderon/kube",
      "packages/base/src/model/upwards.ts imports @clauderon/operator",
      "packages/base/src/model/upwards.ts imports @clauderon/cli",
      "packages/runner/src/around.ts imports ../../base/src/model/upwards.ts",
    ]);
  });
});

describe("circles", () => {
  it("are in no import, type-only and dynamic ones included", () => {
    expect(circles(everything)).toEqual([]);
  });

  it("reject two files that import each other, one of them only for a type", () => {
    expect(circles(broken)).toEqual([
      "packages/runner/src/answerer.ts -> packages/runner/src/asker.ts -> packages/runner/src/answerer.ts",
    ]);
  });
});

describe("dependencies", () => {
  it("are all named by the package that imports them", () => {
    expect(undeclaredDependencies(packages, ROOT)).toEqual([]);
  });

  it("reject a package that only the root names", () => {
    expect(undeclaredDependencies(broken, BROKEN)).toContain(
      "packages/runner/src/around.ts imports yaml/util, which its package.json does not name",
    );
  });
});

describe("doors", () => {
  it("are the only places that import what stands behind them", () => {
    expect(doorViolations(packages)).toEqual([]);
  });

  it.each(Object.keys(DOORS))("to %s are used by at least one file", (module) => {
    expect(packages.filter(({ imports }) => imports.some((name) => doorOf(name) === module)).length).toBeGreaterThan(0);
  });

  it("reject an import from elsewhere", () => {
    expect(doorViolations(broken)).toEqual(["packages/runner/src/around.ts imports node:child_process"]);
  });
});

describe("the platform", () => {
  it("is read in config.ts, and the process ends in main.ts", () => {
    expect(platformViolations(packages)).toEqual([]);
  });

  it("rejects reading the environment and exiting elsewhere", () => {
    expect(platformViolations(broken)).toEqual([
      "packages/runner/src/around.ts reads process.env",
      "packages/runner/src/around.ts exits or handles signals",
    ]);
  });
});

describe("files", () => {
  it("have at most 300 lines and telling names", () => {
    expect([...lengthViolations([...everything, ...readTexts(ROOT)]), ...nameViolations(everything)]).toEqual([]);
  });

  it("reject a long file and a vague name", () => {
    const long = { path: "a.ts", text: "\n".repeat(301), imports: [] };
    expect(lengthViolations([long, { ...long, text: "\n".repeat(300) }])).toEqual(["a.ts has 301 lines"]);
    const texts = readTexts(ROOT).map(({ path }) => path);
    expect(texts).toEqual(expect.arrayContaining(["README.md", "charts/thurkube/values.schema.json"]));
    expect(nameViolations([long, { ...long, path: "packages/x/src/utils/y.ts" }])).toEqual([
      "packages/x/src/utils/y.ts",
    ]);
  });
});

describe("waits in tests", () => {
  it("last long enough for a busy machine", () => {
    expect(hastyWaits(everything)).toEqual([]);
  });

  it("are rejected without a timeout, and with one that is too short", () => {
    const text = [
      "vi.waitFor(check);",
      "vi.waitUntil(check, 5_000);",
      "vi.waitFor(check, { interval: 20 });",
      "expect.poll(check, { timeout: 1_000 });",
      "expect.poll(check); vi.waitFor(check, 20_000); vi.waitFor(check, POLL); vi.waitUntil(check, { ...POLL });",
    ].join("\n");
    expect(hastyWaits([{ path: "a.ts", text }])).toEqual([
      "a.ts:1 vi.waitFor",
      "a.ts:2 vi.waitUntil",
      "a.ts:3 vi.waitFor",
      "a.ts:4 expect.poll",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { covers } from "./covers.ts";

const pod = (spec: object) => ({ spec });
const container = (fields: object) => pod({ containers: [{ name: "agent", ...fields }] });
const limits = (cpu: unknown) => container({ resources: { limits: { cpu } } });
const shm = (sizeLimit: string) => pod({ volumes: [{ name: "shm", emptyDir: { sizeLimit } }] });

describe("covers", () => {
  it("ignores members that only the live object has", () => {
    const live = { metadata: { name: "a", uid: "u" }, spec: { replicas: 1, strategy: { type: "RollingUpdate" } } };
    expect(covers(live, { metadata: { name: "a" }, spec: { replicas: 1 } })).toBe(true);
  });

  it("ignores undefined members of the desired object", () => {
    expect(covers({ spec: {} }, { spec: { suspend: undefined } })).toBe(true);
  });

  it.each([
    ["another value", { spec: { suspend: false } }, { spec: { suspend: true } }],
    ["a missing field", { spec: {} }, { spec: { suspend: true } }],
    [
      "a security field the live object leaves to its default",
      container({}),
      container({ allowPrivilegeEscalation: false }),
    ],
    ["a number for a string", { data: { n: 1 } }, { data: { n: "1" } }],
    ["a map for a list", { spec: { a: {} } }, { spec: { a: [1] } }],
    ["a list for a map", { spec: { a: [] } }, { spec: { a: { b: 1 } } }],
    [
      "another volume source",
      pod({ volumes: [{ name: "v", hostPath: {} }] }),
      pod({ volumes: [{ name: "v", emptyDir: {} }] }),
    ],
  ])("detects %s", (_what, live, desired) => {
    expect(covers(live, desired)).toBe(false);
  });

  describe("of quantities", () => {
    it("treats different spellings of one amount as equal", () => {
      expect(covers(limits("1"), limits("1000m"))).toBe(true);
      expect(covers(limits("2"), limits(2))).toBe(true);
      expect(covers(shm("1Gi"), shm("1024Mi"))).toBe(true);
    });

    it("detects a different amount", () => {
      expect(covers(limits("1"), limits("1001m"))).toBe(false);
    });

    it.each([
      ["env", container({ env: [{ name: "N", value: "1" }] }), container({ env: [{ name: "N", value: "1000m" }] })],
      ["data", { data: { sizeLimit: "1" } }, { data: { sizeLimit: "1000m" } }],
      ["labels", { metadata: { labels: { divisor: "1" } } }, { metadata: { labels: { divisor: "1000m" } } }],
    ])("are not looked for in %s, where strings are plain strings", (_where, live, desired) => {
      expect(covers(live, desired)).toBe(false);
    });
  });

  describe("of empty values", () => {
    it("treats an absent list, string map or zero as the empty value that the API server drops", () => {
      expect(covers(container({}), container({ args: [], env: [], resources: {}, tty: false, workingDir: "" }))).toBe(
        true,
      );
      expect(
        covers({ metadata: {} }, { metadata: { labels: {}, annotations: { a: undefined }, finalizers: [] } }),
      ).toBe(true);
      expect(covers({ rules: null }, { rules: [] })).toBe(true);
      expect(covers(container({ env: [{ name: "E" }] }), container({ env: [{ name: "E", value: "" }] }))).toBe(true);
      const secretRef = { name: "s" };
      const prefixed = (prefix: object) => container({ envFrom: [{ secretRef, ...prefix }] });
      expect(covers(prefixed({}), prefixed({ prefix: "" }))).toBe(true);
      expect(covers(prefixed({ prefix: "A" }), prefixed({ prefix: "" }))).toBe(false);
    });

    it("treats null as absent", () => {
      expect(covers({ spec: {} }, { spec: { timeZone: null } })).toBe(true);
      expect(covers({ spec: { timeZone: "Etc/UTC" } }, { spec: { timeZone: null } })).toBe(false);
    });

    it("detects an empty value that has a meaning", () => {
      expect(covers({ data: {} }, { data: { value: "" } })).toBe(false);
      expect(covers({ spec: {} }, { spec: { storageClassName: "" } })).toBe(false);
      expect(covers({ spec: {} }, { spec: { backoffLimit: 0 } })).toBe(false);
      expect(covers({ spec: {} }, { spec: { podSelector: {} } })).toBe(false);
      expect(covers({ spec: { args: ["a"] } }, { spec: { args: [] } })).toBe(false);
    });
  });

  describe("of lists", () => {
    it.each([
      ["containers", "name"],
      ["env", "name"],
      ["volumes", "name"],
      ["volumeMounts", "mountPath"],
      ["conditions", "type"],
    ])("finds entries of %s by their %s, in any order, among entries of other writers", (list, key) => {
      const live = { [list]: [{ [key]: "b", x: 1, more: true }, { [key]: "other" }, { [key]: "a", x: 2 }] };
      expect(
        covers(live, {
          [list]: [
            { [key]: "a", x: 2 },
            { [key]: "b", x: 1 },
          ],
        }),
      ).toBe(true);
      expect(covers(live, { [list]: [{ [key]: "a", x: 1 }] })).toBe(false);
      expect(covers(live, { [list]: [{ [key]: "c" }] })).toBe(false);
    });

    it("finds ports by number and protocol, which may be omitted", () => {
      const live = {
        ports: [
          { containerPort: 53, protocol: "UDP" },
          { containerPort: 53, protocol: "TCP", name: "t" },
        ],
      };
      expect(covers(live, { ports: [{ containerPort: 53, name: "t" }] })).toBe(true);
      expect(covers(live, { ports: [{ containerPort: 53, protocol: "UDP", name: "t" }] })).toBe(false);
    });

    it("compares all other lists by position and length", () => {
      expect(covers({ args: ["a", "b"] }, { args: ["a", "b"] })).toBe(true);
      expect(covers({ args: ["b", "a"] }, { args: ["a", "b"] })).toBe(false);
      expect(covers({ args: ["a", "b"] }, { args: ["a"] })).toBe(false);
      expect(covers({ envFrom: [{ prefix: "A" }] }, { envFrom: [{ secretRef: { name: "s" } }] })).toBe(false);
    });

    it("looks for its own finalizers among those of other writers", () => {
      expect(covers({ finalizers: ["x", "ours"] }, { finalizers: ["ours"] })).toBe(true);
      expect(covers({ finalizers: ["x"] }, { finalizers: ["ours"] })).toBe(false);
    });
  });
});

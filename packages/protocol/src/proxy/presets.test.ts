import { describe, expect, it } from "vitest";
import { PRESET_NAMES, presetRules } from "./presets.ts";

describe("presets", () => {
  it.each(PRESET_NAMES)("%s has rules for exact hosts, with its name as their origin", (name) => {
    const rules = presetRules(name);
    expect(rules.length).toBeGreaterThan(0);
    for (const { host, origin } of rules)
      expect({ origin, isExact: !host.startsWith("*") }).toEqual({ origin: name, isExact: true });
  });

  it.each(["npm", "pypi", "crates", "go", "debian"] as const)("%s allows no publishing", (name) => {
    const writing = presetRules(name).filter(
      ({ methods }) => methods?.some((method) => !["GET", "HEAD"].includes(method)) ?? true,
    );
    const audit = {
      host: "registry.npmjs.org",
      ports: [443],
      methods: ["POST"],
      paths: ["/-/npm/v1/security"],
      origin: "npm",
    };
    expect(writing).toEqual(name === "npm" ? [audit] : []);
  });
});

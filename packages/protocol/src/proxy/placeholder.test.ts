import { describe, expect, it } from "vitest";
import { placeholderOf } from "./credentialRule.ts";
import { holdsPlaceholder } from "./placeholder.ts";
import { SERVICES, type ServiceName } from "./services.ts";

const NAMES = Object.keys(SERVICES) as ServiceName[];

describe("a placeholder", () => {
  it.each<[ServiceName, RegExp]>([
    ["anthropic", /^sk-ant-api03-[\w-]{93}AA$/],
    ["anthropic-oauth", /^sk-ant-oat01-[\w-]{93}AA$/],
    ["openai", /^sk-proj-[\w-]{48}$/],
    ["gemini", /^AIza[\w-]{35}$/],
    ["github", /^ghp_[A-Za-z0-9]{36}$/],
    ["npm", /^npm_[A-Za-z0-9]{36}$/],
    ["pypi", /^pypi-[\w-]{64}$/],
    ["docker", /^dckr_pat_[\w-]{27,}$/],
    ["generic", /^\w{40}$/],
  ])("of %s looks like a credential of the service", (service, form) => {
    expect(placeholderOf({ name: "a", service }, "p")).toMatch(form);
  });

  it.each(NAMES)(
    "of %s is recognised, the same each time, and another for each principal and credential",
    (service) => {
      const first = placeholderOf({ name: "a", service }, "p");
      expect(holdsPlaceholder(`x ${first} y`)).toBe(true);
      expect(placeholderOf({ name: "a", service }, "p")).toBe(first);
      const others = [placeholderOf({ name: "b", service }, "p"), placeholderOf({ name: "a", service }, "q")];
      expect(new Set([first, ...others]).size).toBe(3);
    },
  );

  it("cannot be had by moving characters between principal and credential", () => {
    expect(placeholderOf({ name: "b-c", service: "npm" }, "a")).not.toBe(
      placeholderOf({ name: "c", service: "npm" }, "a-b"),
    );
  });
});

import { describe, expect, it } from "vitest";
import { grantSecretName, parseGrantCredentials } from "./clusterSecrets.ts";

const parse = (credential: object) => parseGrantCredentials(JSON.stringify([credential]));

describe("clusterSecrets", () => {
  it("grantSecretName is a name that Kubernetes accepts for a uid", () => {
    const name = grantSecretName("b0c1d2e3-0000-4000-8000-00000000000a");
    expect(name).toMatch(/^[a-z0-9-]{1,253}$/);
  });

  it("parseGrantCredentials reads a secret of the grant and a reference", () => {
    const own = { name: "GH_TOKEN", service: "github", secret: "ghp_0123456789" };
    const elsewhere = { name: "ANTHROPIC_API_KEY", service: "anthropic", secretRef: { name: "team", key: "token" } };
    expect(parse(own)).toEqual([own]);
    expect(parse(elsewhere)).toEqual([elsewhere]);
  });

  it.each([
    ["a reference with hosts of the grant's choice", { service: "anthropic", hosts: ["evil.example"] }],
    ["a reference with headers of the grant's choice", { service: "github", headers: [{ name: "x", form: "Plain" }] }],
    ["a reference for a service without hosts of its own", { service: "generic" }],
    ["a reference for no known service", { service: "other" }],
  ])("parseGrantCredentials refuses %s", (_what, part) => {
    expect(() => parse({ name: "n", secretRef: { name: "team", key: "token" }, ...part })).toThrow("not valid");
  });

  it("parseGrantCredentials quotes nothing of a text that is not JSON", () => {
    expect(() => parseGrantCredentials("sk-ant-secret")).toThrow(/^(?!.*sk-ant).*not JSON/);
  });
});

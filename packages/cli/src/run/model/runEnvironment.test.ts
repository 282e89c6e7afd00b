import { Secret } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { findCredential, runEnvironment } from "./runEnvironment.ts";

const paths = {
  config: "/r/config",
  workspace: "/r/workspace",
  home: "/r/home",
  temporary: "/r/tmp",
  gitTokens: "/r/git-tokens",
  terminationLog: "/r/summary.json",
};
const inputs = {
  paths,
  timeoutSeconds: 60,
  authEnvVar: "TOKEN",
  credential: new Secret("t"),
  variables: {},
  secretVariables: [],
  environment: {},
  toolchains: { NVM_DIR: "/home/ada/.nvm" },
};

describe("runEnvironment", () => {
  it("passes on only variables on the allow list, not the user's other secrets", () => {
    const environment = { PATH: "/bin", AWS_SECRET_ACCESS_KEY: "x", GITHUB_TOKEN: "y", HOME: "/root" };
    const env = runEnvironment({ ...inputs, environment });
    expect(env).toMatchObject({ PATH: "/bin", HOME: "/r/home", TOKEN: "t", NVM_DIR: "/home/ada/.nvm" });
    expect(Object.values(env)).not.toContain("x");
    expect(Object.values(env)).not.toContain("y");
  });

  it("lets the AgentJob add variables but not change the run's paths or credential", () => {
    const env = runEnvironment({ ...inputs, variables: { EXTRA: "1", HOME: "/etc", TOKEN: "other" } });
    expect(env).toMatchObject({ EXTRA: "1", HOME: "/r/home", TOKEN: "t" });
  });

  it("tells the runner which variables of the AgentJob are secret", () => {
    const env = runEnvironment({ ...inputs, variables: { A: "1", B: "2" }, secretVariables: ["A", "B"] });
    expect(env).toMatchObject({ THURKUBE_SECRET_VARIABLES: "A,B" });
  });
});

describe("findCredential", () => {
  it("prefers the manifests to the environment", () => {
    expect(findCredential("TOKEN", new Secret("a"), new Secret("b")).reveal()).toBe("a");
  });

  it("names the variable when the credential is missing or empty", () => {
    for (const empty of [undefined, new Secret("")]) {
      expect(() => findCredential("TOKEN", undefined, empty)).toThrow(
        expect.objectContaining({ code: "CREDENTIAL_MISSING" }),
      );
    }
  });
});

import { describe, expect, it } from "vitest";
import { parseRunnerConfig, secretsOf } from "./config.ts";

describe("parseRunnerConfig", () => {
  it("uses the paths of the image when the environment names none", () => {
    expect(parseRunnerConfig({})).toMatchObject({
      agent: "claude-code",
      configFile: "/etc/claude-code-job/agent.json",
      workspace: "/workspace",
      persistPath: undefined,
      gitHost: "https://github.com",
      timeoutMs: undefined,
      terminationLog: { path: "/dev/termination-log", isOurs: false },
      home: "/home/agent",
      resultGraceMs: 10_000,
    });
  });

  it("reads every variable, without closing slashes", () => {
    const env = {
      HOME: "/h/",
      THURKUBE_CONFIG_PATH: "/c/",
      THURKUBE_WORKSPACE: "/w",
      THURKUBE_PERSIST_PATH: "/p",
      THURKUBE_GIT_TOKENS: "/t",
      THURKUBE_GIT_HOST: "http://git.example.com:8080/forge/",
      THURKUBE_AUTH_ENV_VAR: "TOKEN",
      THURKUBE_TIMEOUT_SECONDS: "90",
      THURKUBE_TERMINATION_LOG: "/x",
      TOKEN: "value-of-token",
    };
    const config = parseRunnerConfig(env);
    expect(config).toMatchObject({
      configFile: "/c/agent.json",
      workspace: "/w",
      persistPath: "/p",
      gitTokens: "/t",
      gitHost: "http://git.example.com:8080/forge",
      authEnvVar: "TOKEN",
      timeoutMs: 90_000,
      terminationLog: { path: "/x", isOurs: true },
      home: "/h",
      environment: { HOME: "/h", TOKEN: "value-of-token" },
    });
    expect(secretsOf(config, ["TOKEN", "ABSENT"]).map((secret) => secret.reveal())).toEqual(["value-of-token"]);
  });

  it.each([
    ["THURKUBE_WORKSPACE", "here"],
    ["THURKUBE_GIT_HOST", "git@github.com:acme"],
    ["THURKUBE_GIT_HOST", "https://token@github.com"],
    ["THURKUBE_TIMEOUT_SECONDS", "-1"],
    ["THURKUBE_TIMEOUT_SECONDS", "1h"],
    ["HOME", "~"],
  ])("refuses %s=%s and names the variable", (name, value) => {
    expect(() => parseRunnerConfig({ [name]: value })).toThrow(`${name} must be`);
  });
});

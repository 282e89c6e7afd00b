import { describe, expect, it } from "vitest";
import { inheritedEnvironment, isNamedLikeSecret } from "./environment.ts";

describe("inheritedEnvironment", () => {
  it("keeps variables of the image and the AgentJob, and the API server's address", () => {
    const env = {
      PATH: "/bin",
      ANTHROPIC_API_KEY: "k",
      GIT_AUTHOR_NAME: "Ada",
      GIT_SSL_CAINFO: "/ca",
      KUBERNETES_SERVICE_HOST: "10.0.0.1",
      KUBERNETES_SERVICE_PORT: "443",
      MY_THURKUBE_THING: "1",
    };
    expect(inheritedEnvironment(env)).toEqual(env);
  });

  it("drops variables for the runner, variables that misdirect git, and service variables", () => {
    const env = {
      THURKUBE_GIT_TOKENS: "/t",
      CLAUDERON_AGENT: "x",
      GIT_DIR: "/outer",
      GIT_WORK_TREE: "/outer",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "a",
      KUBERNETES_PORT_443_TCP: "tcp://10.0.0.1:443",
      UNSET: undefined,
    };
    expect(inheritedEnvironment(env)).toEqual({});
  });
});

describe("isNamedLikeSecret", () => {
  it.each(["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "npm_token", "OPENAI_API_KEY", "GH_PAT", "SECRET"])(
    "treats %s as a secret",
    (name) => expect(isNamedLikeSecret(name)).toBe(true),
  );

  it.each(["PATH", "KEYBOARD", "TOKENIZERS_PARALLELISM", "MONKEY", "HOME", "GIT_AUTHOR_NAME"])(
    "does not treat %s as a secret",
    (name) => expect(isNamedLikeSecret(name)).toBe(false),
  );
});

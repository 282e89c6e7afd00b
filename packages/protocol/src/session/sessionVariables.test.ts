import { describe, expect, it } from "vitest";
import { sessionVariablesSchema, variablesProblem } from "./sessionVariables.ts";

describe("variablesProblem", () => {
  it("accepts ordinary variables of agents", () => {
    const variables = { ANTHROPIC_BASE_URL: "http://gateway", IS_SANDBOX: "1", MAX_THINKING_TOKENS: "", no_proxy: "*" };
    expect(variablesProblem(variables)).toBeUndefined();
  });

  it.each([
    "ANTHROPIC_API_KEY",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "ANTHROPIC_AUTH_TOKEN",
    "GEMINI_API_KEY",
    "APP_SECRET",
    "TOKEN",
  ])("sends %s to the credentials", (name) => {
    expect(variablesProblem({ [name]: "x" })).toEqual({
      message: `must not hold ${name}, which looks like a credential: these values are not kept secret`,
      hint: `clauderon credentials set ${name}`,
    });
  });

  it.each([
    ["HOME", "must not hold HOME: each session has a home of its own"],
    ["PATH", "git, the runner and the agent are found by it"],
    ["TERM", "must not hold TERM: the session's terminal sets it"],
    ["GIT_AUTHOR_NAME", "user.name and user.email of your repository decide who commits"],
    ["KUBERNETES_SERVICE_HOST", "Kubernetes sets it"],
    ["CLAUDERON_EVENTS", "clauderon sets it itself"],
    ["CODEX_HOME", "the agent's settings are in the session's home"],
    ["1A", 'must not hold "1A", which is not a valid variable name'],
    ["A-B", "which is not a valid variable name"],
    ["", "which is not a valid variable name"],
  ])("refuses %j", (name, message) => {
    expect(variablesProblem({ OK: "", [name]: "x" })?.message).toContain(message);
  });

  it("refuses values that a terminal would act on, and more than a record holds", () => {
    for (const value of ["x\0", "\u001b[2J", "\u009b", "\u202e"]) {
      expect(variablesProblem({ A: value })?.message).toBe("must not hold control characters, as A does");
    }
    expect(variablesProblem({ A: "one\n\ttwo é 🦦" })).toBeUndefined();
    expect(variablesProblem({ A: "x".repeat(16_384) })?.message).toBe("must not hold more than 16384 characters");
    expect(variablesProblem({ A: "x".repeat(16_000) })).toBeUndefined();
  });

  it("is the schema's message, with the hint beside it", () => {
    const [issue] = sessionVariablesSchema.safeParse({ MY_KEY: "x" }).error?.issues ?? [];
    expect(issue).toMatchObject({ params: { hint: "clauderon credentials set MY_KEY" } });
  });
});

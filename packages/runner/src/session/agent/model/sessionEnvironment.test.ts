import { describe, expect, it } from "vitest";
import { sessionEnvironment } from "./sessionEnvironment.ts";

describe("sessionEnvironment", () => {
  it("passes on only allowed and named variables", () => {
    const env = {
      PATH: "/bin",
      LC_ALL: "C.UTF-8",
      ANTHROPIC_API_KEY: "named",
      AWS_SECRET_ACCESS_KEY: "not named",
      SSH_AUTH_SOCK: "/tmp/agent",
      CLAUDERON_HOME: "/c",
      TERM: "dumb",
      TZ: undefined,
    };
    expect(sessionEnvironment(env, ["ANTHROPIC_API_KEY", "ABSENT"])).toEqual({
      PATH: "/bin",
      LC_ALL: "C.UTF-8",
      ANTHROPIC_API_KEY: "named",
      TERM: "xterm-256color",
      COLORTERM: "truecolor",
    });
  });
});

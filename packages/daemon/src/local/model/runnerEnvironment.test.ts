import { Secret } from "@clauderon/base";
import { expect, it } from "vitest";
import { runnerEnvironment } from "./runnerEnvironment.ts";

it("runnerEnvironment passes on only the allow list, the commit identity and the agent's variables", () => {
  const environment = {
    PATH: "/bin",
    LC_ALL: "C",
    SSH_AUTH_SOCK: "/agent",
    AWS_SECRET_ACCESS_KEY: "x",
    CLAUDERON_HOME: "/h",
    TZ: "CET",
  };
  const credentials = new Map([["ANTHROPIC_API_KEY", new Secret("key")]]);
  const own = { IS_SANDBOX: "1", TZ: "UTC" };
  expect(runnerEnvironment(environment, { name: "Ada", email: undefined }, { credentials, own })).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
    GIT_AUTHOR_NAME: "Ada",
    GIT_COMMITTER_NAME: "Ada",
    ANTHROPIC_API_KEY: "key",
    IS_SANDBOX: "1",
    TZ: "UTC",
  });
});

import { crds } from "@clauderon/kinds";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";
import { runCli } from "./cliProcess.ts";
import { object } from "./scratchUser.ts";

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
  for (const crd of crds()) await api.kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify(crd));
  await api.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
});
afterAll(() => api[Symbol.asyncDispose]());

/** What each of the two says about a manifest, without the words around. */
async function refusals(manifest: object): Promise<{ kubectl: string; clauderon: string }> {
  const text = JSON.stringify(manifest);
  const kubectl = await api.kubectl(["create", "--validate=strict", "-f", "-"], text).catch(String);
  const { exitCode, stdout, stderr } = await runCli(["run", "-f", "-"], {
    stdin: text,
    environment: { HOME: "/nowhere" },
  });
  expect([exitCode, stdout]).toEqual([2, ""]);
  return { kubectl, clauderon: stderr };
}

/** kubectl begins with `The AgentJob "x" is invalid: `, and so do we; several findings come in any order. */
function findings(text: string): readonly string[] {
  const refusal = (/The \w+ "\S*" is invalid: [\s\S]*?(?=\nhint: |\n*$)/.exec(text)?.[0] ?? text).trim();
  return refusal.split("\n").toSorted();
}

const references = { runtimeRef: "r", authRef: "a", roleRef: "l" };

describe("clauderon run -f", () => {
  it.each([
    ["both command and url", object("McpServer", "mail", { command: "mail", url: "http://mail" })],
    ["a bad cron expression", object("AgentJob", "nightly", { ...references, prompt: "Hi", schedule: "0 25 * * *" })],
    ["an empty prompt", object("AgentJob", "silent", { ...references, prompt: "" })],
    ["several mistakes", object("AgentJob", "many", { ...references, prompt: "", timeoutSeconds: 0 })],
    ["a missing field", object("AgentAuth", "auth", {})],
  ])("refuses %s as kubectl does, word for word", async (_what, manifest) => {
    const { kubectl, clauderon } = await refusals(manifest);
    expect(clauderon).toMatch(/^error\[SPEC_INVALID\]: The \w+ "\w+" is invalid: /);
    expect(findings(clauderon)).toEqual(findings(kubectl));
    expect(clauderon).toMatch(/\nhint: Fix standard input:1\n$/);
  });

  it("refuses an unknown field with the API server's words", async () => {
    const { kubectl, clauderon } = await refusals(object("AgentRole", "typo", { allowedTools: [], allowdTools: [] }));
    const [words = "none"] = /strict decoding error: .*/.exec(kubectl) ?? [];
    expect(clauderon).toContain(`The AgentRole "typo" is invalid: ${words}\n`);
  });

  it("refuses an unknown version and an unknown kind with kubectl's words", async () => {
    const { kubectl, clauderon } = await refusals({
      ...object("AgentJob", "x", {}),
      apiVersion: "thurkube.thurbeen.eu/v9",
    });
    const [words = "none"] = /no matches for kind "\w+" in version "\S+"/.exec(kubectl) ?? [];
    expect(clauderon).toContain(words);
  });
});

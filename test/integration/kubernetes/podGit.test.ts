import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONFIG_MAPS, PODS } from "@clauderon/kube";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { backendOn, contextOf, POLL, sessionNamed } from "../../kit/sessions/backendStage.ts";
import { RUNNING, setPodStatus } from "./podState.ts";

const { api, client } = await useApiServer();
const backend = backendOn({ kubeconfig: api.kubeconfig });
const namespace = "clauderon";

beforeAll(async () => {
  await api.kubectl(["create", "namespace", namespace]);
});

/** Brings a session of that repository up, playing the kubelet for it; what its pod and its runner are given. */
async function up(name: string, repository?: string) {
  const session = sessionNamed(name, repository === undefined ? {} : { repository });
  const ref = { namespace, name: `clauderon-${name}` };
  const done = backend.bringUp(session, contextOf().context);
  await expect.poll(async () => (await client.get(PODS, ref))?.metadata.uid, POLL).toBeDefined();
  await setPodStatus(client, namespace, ref.name, RUNNING);
  await done;
  const env = (await client.get(PODS, ref))?.spec?.containers[0]?.env ?? [];
  const { data } = (await client.get(CONFIG_MAPS, ref)) ?? {};
  return {
    identity: env.filter(({ name }) => name.startsWith("GIT_")).map(({ value }) => value),
    text: String(data?.["session.json"]),
  };
}

function repositoryWith(settings: Readonly<Record<string, string>>): string {
  const repository = mkdtempSync(join(tmpdir(), "pod-git-"));
  onTestFinished(() => rmSync(repository, { recursive: true, force: true }));
  execFileSync("git", ["init", "-q"], { cwd: repository });
  for (const [key, value] of Object.entries(settings)) execFileSync("git", ["config", key, value], { cwd: repository });
  return repository;
}

it("git in a pod commits as the checkout's user, or as the agent where no user is configured", async () => {
  const [name, email] = ["Ada L", "ada@example.com"];
  const { identity } = await up("ada", repositoryWith({ "user.name": name, "user.email": email }));
  expect(identity).toEqual([name, email, name, email]);
  const [ours, address] = ["clauderon agent", "agent@clauderon.invalid"];
  expect((await up("nobody")).identity).toEqual([ours, address, ours, address]);
  // Half of an identity does not count: git would refuse to commit, or guess the rest.
  const half = repositoryWith({ "user.name": name });
  expect((await up("half", half)).identity).toEqual([ours, address, ours, address]);
});

it("git in a pod has what the checkout's user ignores and what decides the content of commits, and no secret", async () => {
  const repository = repositoryWith({ "core.autocrlf": "input", "http.extraHeader": "Authorization: sesame" });
  writeFileSync(join(repository, ".git/info/exclude"), "caf\xe9\n", "latin1");
  const { text } = await up("settings", repository);
  expect(JSON.parse(text)).toMatchObject({
    git: {
      config: expect.arrayContaining([{ key: "core.autocrlf", value: "input" }]) as unknown,
      overrides: expect.arrayContaining([{ key: "commit.gpgSign", value: "false" }]) as unknown,
      repositoryExcludes: Buffer.from("caf\xe9\n", "latin1").toString("base64"),
    },
  });
  expect(text).not.toContain("sesame");
});

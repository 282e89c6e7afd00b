import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startGitHost } from "../../kit/internet/gitHost/gitHost.ts";
import { object, ScratchUser } from "./scratchUser.ts";

async function gitHost(): Promise<string> {
  const repositories = { "example/web": { files: { "README.md": "Hello\n" }, private: true } };
  const host = await startGitHost({ repositories, tokens: { "git-sesame": "push" } });
  onTestFinished(() => host.stop());
  return host.baseUrl;
}

const SECRET = { apiVersion: "v1", kind: "Secret", metadata: { name: "git" }, stringData: { token: "git-sesame" } };
const REPOSITORY = object("Repository", "web", {
  owner: "example",
  name: "web",
  tokenSecretRef: { name: "git", key: "token" },
});

describe("clauderon run without a checkout", () => {
  it("clones with the token of the manifests, and shows where the clone is and what was not pushed", async () => {
    const user = new ScratchUser("shell");
    const prompt = "git push --quiet origin HEAD:refs/heads/pushed; git commit --quiet --allow-empty --message Later";
    const { exitCode, stdout } = await user.runOnClone(await gitHost(), [SECRET, REPOSITORY], { prompt });
    expect(exitCode).toBe(0);
    const folder = join(user.home, ".clauderon/runs/fix.1");
    expect(stdout).toMatch(/web: 1 commit on branch main, not pushed\n {2}[0-9a-f]+ Later\n/);
    expect(stdout).toContain(`look: cd ${folder}/workspace/web`);
    expect(existsSync(join(folder, "git-tokens"))).toBe(false);
    expect(readFileSync(join(folder, "workspace/web/.git/config"), "utf8")).not.toContain("git-tokens");
  });

  it("keeps the clone of an AgentJob with persist for its next run", async () => {
    const user = new ScratchUser("shell");
    const host = await gitHost();
    const prompt = "if test -e seen; then echo seen again >&2; exit 1; fi; touch seen";
    const first = await user.runOnClone(host, [SECRET, REPOSITORY], { prompt, persist: true });
    const second = await user.runOnClone(host, [SECRET, REPOSITORY], { prompt, persist: true });
    expect(first.exitCode).toBe(0);
    expect(second.stderr).toContain("AgentError: ");
    expect(second.stderr).toContain("seen again");
    expect(second.stdout).toContain(`look: cd ${user.home}/.clauderon/persist/fix/workspace/web`);
  });

  it("exits 8 when the repository cannot be cloned", async () => {
    const user = new ScratchUser("shell");
    const { exitCode, stderr } = await user.runOnClone(await gitHost());
    expect([exitCode, stderr]).toEqual([8, expect.stringMatching(/^error\[REPOSITORY_UNAVAILABLE\]: .*CloneFailed: /)]);
  });
});

import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_EXIT } from "@clauderon/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GitHostServer, startGitHost } from "../../kit/internet/gitHost/gitHost.ts";
import { text, toolUse } from "../../kit/internet/messages/turns.ts";
import { runClaudeCode } from "./claudeCode.ts";
import { git } from "./gitFolder.ts";
import { type EndedRun, runRunner } from "./runnerProcess.ts";

const TOKEN = "ghs_skill-token";
const SKILL = "---\nname: greet\ndescription: Greets people as the house does.\n---\nSay moin.\n";

let host: GitHostServer;
beforeAll(async () => {
  const files = { "greet/SKILL.md": SKILL, "greet/lib/words.txt": "moin\n", "other/SKILL.md": "no", "big.txt": "no" };
  host = await startGitHost({
    repositories: { "acme/skills": { files }, "acme/secret-skills": { files, private: true } },
    tokens: { [TOKEN]: "push" },
  });
});
afterAll(() => host.stop());

function runWith(skill: { repo?: string; name?: string; ref?: string }, folder?: string): Promise<EndedRun> {
  return runRunner({
    agent: "success",
    config: { skill: { repo: "acme/skills", name: "greet", ref: "main", ...skill } },
    environment: { THURKUBE_GIT_HOST: host.baseUrl },
    ...(folder === undefined ? {} : { folder }),
  });
}

/** Pushes a branch to acme/skills on which `greet` holds this symbolic link too. */
async function pushWithLink(branch: string, link: string, target: string): Promise<void> {
  const clone = await mkdtemp(join(tmpdir(), "skill-author-"));
  await git(clone, "clone", "--quiet", `${host.baseUrl}/acme/skills.git`, ".");
  await git(clone, "checkout", "--quiet", "-b", branch);
  symlinkSync(target, join(clone, "greet", link));
  await git(clone, "add", "-A");
  await git(clone, "commit", "--quiet", "-m", "A link");
  await git(clone, "-c", `http.extraHeader=Authorization: Bearer ${TOKEN}`, "push", "--quiet", "origin", branch);
  await rm(clone, { recursive: true });
}

describe("a skill", () => {
  it("is installed by its folder alone and offered to the real agent, which can use it", async () => {
    const run = await runClaudeCode([toolUse("Skill", { skill: "greet" }), text("Moin.")], {
      config: { skill: { repo: "acme/skills", name: "greet", ref: "main" }, allowedTools: ["Read"] },
      environment: { THURKUBE_GIT_HOST: host.baseUrl },
    });
    expect(JSON.stringify(run.requests[0]?.body)).toContain("Greets people as the house does.");
    expect(JSON.stringify(run.requests[1]?.body)).toContain("Say moin.");
    expect(run.requests[0]?.tools).toContain("Skill");
    const skills = join(run.folder, "home/.claude/skills");
    expect(readFileSync(join(skills, "greet/lib/words.txt"), "utf8")).toBe("moin\n");
    expect(existsSync(join(skills, "other"))).toBe(false);
    expect(run.lines.join("\n")).toContain("skill    greet from acme/skills at main");
  });

  it("is taken from a commit, and replaces what an earlier run installed", async () => {
    const first = await runWith({});
    const installed = join(first.folder, "home/.claude/skills/greet");
    writeFileSync(join(installed, "stale.txt"), "old");
    const commit = (await host.log("acme/skills"))[0]?.hash ?? "";
    const run = await runWith({ ref: commit }, first.folder);
    expect(run.summary?.outcome).toBe("Succeeded");
    expect(existsSync(join(installed, "stale.txt"))).toBe(false);
    expect(readFileSync(join(installed, "SKILL.md"), "utf8")).toBe(SKILL);
  });

  it("comes from a private repository with the token of a Repository of the run", async () => {
    const repositories = [{ name: "skills", owner: "acme", repo: "secret-skills" }];
    const run = await runRunner({
      agent: "success",
      config: { skill: { repo: "acme/secret-skills", name: "greet", ref: "main" }, repositories },
      tokens: { skills: TOKEN },
      environment: { THURKUBE_GIT_HOST: host.baseUrl },
    });
    expect(run.summary?.outcome).toBe("Succeeded");
  });

  it.each([
    ["whose folder is missing", { name: "gone" }, 'there is no folder "gone" in it at main'],
    ["whose ref is missing", { ref: "no-such-branch" }, "no-such-branch"],
    ["whose ref would be a flag", { ref: "--upload-pack=touch /tmp/x" }, "cannot be a ref"],
    ["whose repository is missing", { repo: "acme/gone" }, "not found"],
  ])("%s fails the run and is named", async (_title, skill, message) => {
    const run = await runWith(skill);
    expect(run.exitCode).toBe(RUN_EXIT.notStarted);
    expect(run.summary).toMatchObject({ outcome: "Failed", reason: "SkillFailed" });
    expect(run.summary?.message).toMatch(/^Cannot install the skill ".*" from acme\//);
    expect(run.summary?.message).toContain(message);
  });

  it.each([
    ["absolute", "/etc"],
    ["relative", "../../../../../../etc"],
    ["dangling", "not-here"],
  ])("with a link out of its folder (%s) is refused", async (kind, target) => {
    await pushWithLink(`link-${kind}`, "way-out", target);
    const run = await runWith({ ref: `link-${kind}` });
    expect(run.summary?.reason).toBe("SkillFailed");
    expect(run.summary?.message).toContain("the symbolic link greet/way-out leads out of the skill's folder");
    expect(existsSync(join(run.folder, "home/.claude/skills/greet"))).toBe(false);
  });

  it("may hold links within its folder", async () => {
    await pushWithLink("link-inside", "words", "lib/words.txt");
    const run = await runWith({ ref: "link-inside" });
    expect(readFileSync(join(run.folder, "home/.claude/skills/greet/words"), "utf8")).toBe("moin\n");
  });
});

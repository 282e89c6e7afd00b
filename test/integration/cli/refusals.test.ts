import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "./cliProcess.ts";
import { manifestText, object, ScratchUser } from "./scratchUser.ts";

/** What is there of a run that must not have begun. */
const traces = (user: ScratchUser) => [...user.runs(), ...user.branches(), user.worktrees()];

describe("clauderon run refuses, and creates nothing", () => {
  it("a run without the agent's credential: exit 5 names the variable", async () => {
    const user = new ScratchUser("success");
    const { exitCode, stdout, stderr } = await user.run({}, [], { environment: { TOKEN: "" } });
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(
      /^error\[CREDENTIAL_MISSING\]: .*TOKEN is not set\nhint: Set TOKEN in the environment, or add the Secret/,
    );
    expect([stdout, ...traces(user)]).toEqual(["", 0]);
  });

  it("a reference that is missing from the manifests: exit 3 names it", async () => {
    const user = new ScratchUser("success");
    const { exitCode, stderr } = await user.run({ roleRef: "gone", skillRef: "lost" });
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      'error[REFERENCE_NOT_FOUND]: AgentJob "fix" refers to AgentRole "gone", AgentSkill "lost", which',
    );
    expect(traces(user)).toEqual([0]);
  });

  it("a path that is not a folder, not a repository, a bare repository, or one without a commit", async () => {
    const user = new ScratchUser("success");
    mkdirSync(join(user.folder, "plain"));
    user.git("init", "--quiet", join(user.folder, "empty"));
    user.git("clone", "--quiet", "--bare", user.repository, join(user.folder, "bare.git"));
    const refusal = async (path: string) => {
      const { exitCode, stderr } = await user.run({}, ["--repository", `web=${path}`]);
      expect(traces(user)).toEqual([0]);
      return `${exitCode} ${stderr.split("\n", 1).join("").replaceAll(user.folder, "")}`;
    };
    expect(await refusal("gone")).toBe("2 error[FILE_UNREADABLE]: Folder /gone does not exist");
    expect(await refusal("plain")).toMatch(
      /^8 error\[REPOSITORY_UNAVAILABLE\]: Cannot work on \/plain: not a git repository/,
    );
    expect(await refusal("bare.git")).toMatch(/Cannot work on \/bare.git: this operation must be run in a work tree/);
    expect(await refusal("empty")).toBe(
      "8 error[REPOSITORY_UNAVAILABLE]: Cannot work on /empty: it has no commits yet",
    );
  });

  it("a Repository that the AgentJob does not refer to, and names the referenced ones", async () => {
    const user = new ScratchUser("success");
    const { exitCode, stderr } = await user.run({}, ["--repository", `wbe=${user.repository}`]);
    expect([exitCode, stderr]).toEqual([
      2,
      'error[USAGE]: AgentJob "fix" does not refer to Repository "wbe"\nhint: It refers to: web\n',
    ]);
  });

  it("a worktree that git cannot create: the branch is removed again", async () => {
    const user = new ScratchUser("success");
    user.git("config", "core.hooksPath", join(user.folder, "hooks"));
    mkdirSync(join(user.folder, "hooks"));
    user.writeProgram("hooks/post-checkout", "#!/bin/sh\necho no room >&2; exit 1\n");
    const { exitCode, stderr } = await user.run({});
    expect(exitCode).toBe(8);
    expect(stderr).toMatch(/^error\[REPOSITORY_UNAVAILABLE\]: git worktree failed in .*no room/);
    expect(traces(user)).toEqual([0]);
  });

  it("the second of two repositories: what was created for the first is removed again", async () => {
    const user = new ScratchUser("success");
    const second = new ScratchUser("success");
    second.git("branch", "clauderon"); // In the way of every branch below it.
    const other = object("Repository", "other", { owner: "example", name: "other" });
    const stdin = manifestText({ repositoryRefs: ["web", "other"] }, [other]);
    const args = ["--repository", `web=${user.repository}`, "--repository", `other=${second.repository}`];
    const { exitCode, stderr } = await user.run({}, args, { stdin });
    expect(exitCode).toBe(8);
    expect(stderr).toContain("Cannot create the branch clauderon/fix");
    expect([traces(user), second.worktrees()]).toEqual([[0], 0]);
  });

  it("a home that it cannot write to: the hint names CLAUDERON_HOME", async () => {
    const user = new ScratchUser("success");
    user.writeProgram("file", "");
    const { exitCode, stderr } = await user.run({}, [], { environment: { CLAUDERON_HOME: join(user.folder, "file") } });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error\[CONFIG_INVALID\]: Cannot create the folder .*\nhint: Set CLAUDERON_HOME/);
    expect(traces(user)).toEqual([0]);
  });

  it("files that it cannot read, and invalid YAML, with name and line", async () => {
    const user = new ScratchUser("success");
    user.writeProgram("bad.yaml", "kind: A\n---\nkind: [\n");
    const missing = await runCli(["run", "-f", "gone.yaml"], { cwd: user.folder, environment: { HOME: user.home } });
    expect([missing.exitCode, missing.stderr]).toEqual([2, "error[FILE_UNREADABLE]: File gone.yaml does not exist\n"]);
    const bad = await runCli(["run", "-f", "bad.yaml"], { cwd: user.folder, environment: { HOME: user.home } });
    expect(bad.stderr).toMatch(/^error\[SPEC_INVALID\]: bad\.yaml:\d is not YAML: /);
  });
});

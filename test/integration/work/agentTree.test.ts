import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createWorktree, removeWorktree } from "@clauderon/git";
import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { GitSessionWork } from "../../../packages/daemon/src/work/gitSessionWork.ts";
import { ScratchRepository } from "../git/scratchRepository.ts";

const { signal } = new AbortController();
const NAME = "web";
const NO_LINK = {
  link: {
    get connection(): never {
      throw new Error("A session on this machine needs no link");
    },
  },
  progress: () => undefined,
};

const SYSTEM_PATH = process.env["PATH"] ?? "";

/** Filters of a user's, by name, that take a program from the folder they run in. The files of each end in its name. */
const FILTERS = {
  module: "python3 -m module",
  path: "./tools/path",
  argument: "sh tools/argument %f",
  later: "true; tools/later",
  empty: "empty-entry",
  relative: "relative-entry",
  inside: "inside-entry",
} as const;

const OTHERS = [
  ["diff.x.textconv", "tools/textconv"],
  ["diff.x.command", "tools/diff-driver"],
  ["diff.external", "tools/external-diff"],
  ["merge.x.driver", "tools/merge-driver %A"],
  ["core.hooksPath", "tools"],
  ["core.fsmonitor", "tools/fsmonitor"],
  ["core.sshCommand", "tools/ssh"],
  ["core.pager", "tools/pager"],
  ["core.editor", "tools/editor"],
  ["core.askPass", "tools/askpass"],
  ["core.alternateRefsCommand", "tools/alternate-refs"],
  ["core.attributesFile", "tools/attributes"],
  ["gpg.program", "tools/gpg"],
  ["gpg.ssh.defaultKeyCommand", "tools/ssh-key"],
  ["commit.gpgSign", "true"],
  ["log.showSignature", "true"],
  ["merge.verifySignatures", "true"],
  ["credential.helper", "!tools/credential"],
  ["uploadpack.packObjectsHook", "tools/pack-objects"],
  ["remote.origin.uploadpack", "tools/upload-pack"],
  ["remote.origin.vcs", "tools"],
  ["alias.status", "!tools/alias"],
  ["submodule.sub.update", "!tools/submodule"],
  ["include.path", "tools/included"],
] as const;

const HOOKS = ["post-checkout", "post-merge", "reference-transaction", "post-index-change", "pre-auto-gc"];
const PROGRAMS = [
  "path",
  "argument",
  "later",
  "empty-entry",
  "relative-entry",
  "inside-entry",
  "git",
  "git-status",
  "git-remote-tools",
  "process",
  "configured",
  ...HOOKS,
  ...OTHERS.flatMap(([, value]) => /tools\/([a-z-]+)/.exec(value)?.[1] ?? []),
];

/** Programs of the agent in every place that one of these leads to; each leaves a file of its name. */
function plant(worktree: string, marks: string): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(worktree, path)), { recursive: true });
    writeFileSync(join(worktree, path), text, { mode: 0o755 });
  };
  for (const name of new Set(PROGRAMS))
    for (const path of [name, `tools/${name}`]) write(path, `#!/bin/sh\ntouch ${marks}/${name}\nexec cat\n`);
  write("module.py", `import sys\nopen("${marks}/module", "w").close()\nsys.stdout.write(sys.stdin.read())\n`);
  const configuration = `[filter "configured"]\n  clean = ${worktree}/configured\n  smudge = ${worktree}/configured\n`;
  for (const path of ["x.gitconfig", "home/.gitconfig", "xdg/git/config"]) write(path, configuration);
  const names = [...Object.keys(FILTERS), "process", "configured"];
  write(".gitattributes", names.map((name) => `*.${name} filter=${name} diff=x merge=x\n`).join(""));
  for (const name of Object.keys(FILTERS)) write(`file.${name}`, "one\n");
  write("file.configured", "one\n");
}

interface User {
  readonly configuration?: Iterable<readonly [key: string, value: string]>;
  readonly environment?: (worktree: string) => Readonly<Record<string, string>>;
}

/** A session on this machine of a user who has this; its agent has written programs into the worktree. */
async function begin({ configuration = [], environment }: User) {
  const repository = new ScratchRepository();
  repository.write("readme", "one\n");
  repository.commit("First");
  const within = (name: string) => join(repository.folder, name);
  const [worktree, home, marks] = [within("worktree"), within("home"), within("marks")];
  for (const folder of [home, marks]) mkdirSync(folder);
  for (const [key, value] of configuration)
    repository.run("config", "--file", join(home, ".gitconfig"), "--add", key, value);
  const user = { PATH: SYSTEM_PATH, HOME: home, ...environment?.(worktree) };
  const work = new GitSessionWork({
    home: "/nonexistent",
    environment: user,
    worktree: () => worktree,
    folder: () => worktree,
    include: [],
    submodules: false,
  });
  const spec = {
    backend: "local" as const,
    agent: "claude-code" as const,
    repository: repository.path,
    branch: `clauderon/${NAME}`,
    baseCommit: repository.tip("HEAD"),
    worktree: true,
    sandbox: false,
    permissionMode: "default" as const,
    accessMode: "ReadWrite" as const,
  };
  const record: SessionRecord = {
    name: NAME,
    uid: randomUUID(),
    createdTime: "2026-01-01T00:00:00Z",
    spec,
    commit: "",
  };
  const session = { ...record, commit: (await work.capture(record, signal)).commit };
  const place = { path: worktree, branch: spec.branch, owner: record.uid };
  const git = repository.gitWith(user);
  await createWorktree(git, place, session.commit);
  plant(worktree, marks);
  return { repository, work, session, worktree, place, git, sprung: () => readdirSync(marks) };
}

type World = Awaited<ReturnType<typeof begin>>;

/** Every operation of ours on an agent's tree, in an order in which each finds its programs. */
const STEPS: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  "the fetch after a turn": ({ work, session }) => work.fetch(session, signal, 1_000_000),
  pull: ({ work, session }) => work.pull(session, signal),
  "push, with files in the way": ({ work, session }) => work.push(session, { ...NO_LINK, signal }),
  "push to a clean session": async ({ repository, work, session, worktree }) => {
    repository.at(worktree, "add", "--all");
    repository.at(worktree, "commit", "--quiet", "--message", "The agent's");
    repository.run("merge", "--quiet", `clauderon/${NAME}`);
    for (const name of Object.keys(FILTERS)) repository.write(`second.${name}`, "two\n");
    repository.run("add", "--all");
    repository.run("commit", "--quiet", "--message", "The user's");
    expect(await work.push(session, { ...NO_LINK, signal })).toMatchObject({ forwarded: true });
  },
  "delete, which rescues": async ({ work, session, worktree }) => {
    for (const name of Object.keys(FILTERS)) writeFileSync(join(worktree, `third.${name}`), "three\n");
    expect(await work.rescue(session, signal)).toMatch(/^refs\/clauderon\/rescued\//);
  },
  recreate: async ({ work, session, worktree, git, place }) => {
    rmSync(worktree, { recursive: true });
    await createWorktree(git, place, (await work.continue(session, signal)).commit);
    expect(readFileSync(join(worktree, "third.path"), "utf8")).toBe("three\n");
  },
  "removal of the worktree": ({ git, place }) => removeWorktree(git, place),
};

const USERS: Readonly<Record<string, User>> = {
  "filters, hooks and other commands with relative paths": {
    configuration: [
      ...Object.entries(FILTERS).flatMap(([name, command]) => [
        [`filter.${name}.clean`, command] as const,
        [`filter.${name}.smudge`, command] as const,
      ]),
      ...OTHERS,
    ],
    environment: (worktree) => ({
      PATH: `:${SYSTEM_PATH}:tools:${worktree}/tools`,
      PYTHONPATH: ".:",
      GIT_EXEC_PATH: "tools",
      GIT_SSH: "tools/ssh",
      GIT_SSH_COMMAND: "tools/ssh",
    }),
  },
  "a PATH that begins in the working directory": {
    environment: () => ({ PATH: `tools::${SYSTEM_PATH}`, GIT_CONFIG_GLOBAL: "x.gitconfig" }),
  },
  "a relative home": { environment: () => ({ HOME: "home", XDG_CONFIG_HOME: "xdg" }) },
};

describe("git outside of the sandbox runs no program of the agent's for a user who has", () => {
  it.each(Object.entries(USERS))("%s", async (_, user) => {
    const world = await begin(user);
    for (const [step, run] of Object.entries(STEPS)) {
      await run(world);
      expect({ step, sprung: world.sprung() }).toEqual({ step, sprung: [] });
    }
  });
});

describe("a filter that runs only in the agent's tree", () => {
  const required = [
    ["filter.path.clean", "./tools/path"],
    ["filter.path.required", "true"],
  ] as const;
  const process = [["filter.path.process", "./tools/path"]] as const;

  it.each([
    ["is required", required],
    ["is a process", process],
  ])("keeps the work in its place and is reported, when it %s", async (_, configuration) => {
    const { work, session, worktree, sprung } = await begin({ configuration });
    for (const refused of [work.fetch(session, signal, 1_000_000), work.rescue(session, signal)]) {
      await expect(refused).rejects.toMatchObject({
        code: "REPOSITORY_UNAVAILABLE",
        message: expect.not.stringContaining("GIT_WORK_TREE"),
        hint: expect.stringContaining("filter of your git configuration failed"),
      });
    }
    expect([sprung(), readFileSync(join(worktree, "file.path"), "utf8")]).toEqual([[], "one\n"]);
  });

  it("leaves files as they are and is reported, when it is not required", async () => {
    const { repository, work, session, sprung } = await begin({
      configuration: [["filter.path.clean", "./tools/path"]],
    });
    const { notices } = await work.pull(session, signal);
    expect(notices).toEqual([expect.stringContaining("A filter of your git configuration failed, so files are kept")]);
    expect(repository.run("show", `refs/clauderon/sessions/${NAME}/work:file.path`)).toBe("one\n");
    expect(sprung()).toEqual([]);
  });
});

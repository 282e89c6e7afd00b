import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunnerSession, runnerSessionSchema } from "@clauderon/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { agentOverrides, tryWriteAgentGit } from "./agentGit.ts";

function stage() {
  const folder = mkdtempSync(join(tmpdir(), "agent-git-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const home = join(folder, "home");
  const session = (git: Partial<RunnerSession["git"]>) =>
    runnerSessionSchema.parse({
      session: "web",
      agent: "scripted",
      workingDirectory: join(folder, "work"),
      home,
      socket: join(folder, "socket"),
      permissionMode: "default",
      git,
    });
  const said: string[] = [];
  const write = (git: Partial<RunnerSession["git"]>) =>
    tryWriteAgentGit(folder, session(git), (message) => said.push(message));
  return { folder, home, session, write, said };
}

describe("tryWriteAgentGit", () => {
  it("writes settings and files, and includes them once, before what the agent has written", () => {
    const { folder, home, write, said } = stage();
    write({
      config: [{ key: "core.eol", value: "lf" }],
      excludes: Buffer.from("caf\xe9\n", "latin1").toString("base64"),
    });
    const config = join(home, ".gitconfig");
    const include = `[include]\n\tpath = "${folder}/git/config"\n`;
    expect(readFileSync(config, "utf8")).toBe(include);
    expect(readFileSync(join(folder, "git/ignore"), "latin1")).toBe("caf\xe9\n");
    writeFileSync(config, `${include}[user]\n\tname = Eve\n`);
    write({ config: [] });
    expect(readFileSync(config, "utf8")).toBe(`${include}[user]\n\tname = Eve\n`);
    expect(readFileSync(join(folder, "git/config"), "utf8")).toBe("");
    writeFileSync(config, "[user]\n\tname = Eve\n");
    write({});
    expect(readFileSync(config, "utf8")).toBe(`${include}[user]\n\tname = Eve\n`);
    expect(said).toEqual([]);
  });

  it("does not change a configuration that is not a file, and starts without a writable home", () => {
    const { folder, home, write, said } = stage();
    mkdirSync(home);
    symlinkSync(join(folder, "elsewhere"), join(home, ".gitconfig"));
    write({});
    expect(() => readFileSync(join(folder, "elsewhere"))).toThrow("ENOENT");
    rmSync(home, { recursive: true });
    writeFileSync(home, "");
    write({});
    expect(said).toEqual([expect.stringContaining("EEXIST")]);
  });
});

describe("agentOverrides", () => {
  it("replaces the filters that have only pointers by this program, whatever its path", () => {
    const overrides = [{ key: "commit.gpgSign", value: "false" }];
    const session = stage().session({ overrides, pointerFilters: ["lfs"] });
    expect(agentOverrides(session, ["/n o/de", "/it's"])).toEqual([
      ...overrides,
      { key: "filter.lfs.process", value: String.raw`'/n o/de' '/it'\''s' 'pointer-filter'` },
      { key: "filter.lfs.required", value: "true" },
    ]);
  });
});

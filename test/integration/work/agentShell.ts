import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { gitAt, type GitAt } from "../../kit/repositories/gitAt.ts";
import { DaemonWorld, POLL } from "../daemon/daemonProcess.ts";
import type { ViewerClient } from "../runnerSession/viewerClient.ts";
import { type BACKENDS, SessionPlace } from "./sessionPlace.ts";

const { PATH = "" } = process.env;

type Files = Readonly<Record<string, string>>;

export interface ShellOptions {
  readonly backend: (typeof BACKENDS)[number];
  /** Files in the user's HOME. */
  readonly home?: Files;
  /** Files in the user's checkout, its git folder included; those that git takes are committed. */
  readonly repository?: Files;
  readonly sandbox?: boolean;
  /** PATH of the user. */
  readonly path?: string;
  /** Configuration of git for the whole system, in a pod. */
  readonly system?: string;
}

interface Said {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** A session on either backend, as its agent has it. */
export interface AgentShell {
  /** git in the user's repository. */
  readonly mine: GitAt;
  /** The user's HOME. */
  readonly home: string;
  /** Runs a script of sh where the agent works, and with what the agent has. */
  run(this: void, script: string): Promise<Said>;
  /** The same; it must succeed. */
  ok(this: void, script: string): Promise<string>;
  /** Fetches the session's work; returns the commit. */
  pull(this: void): Promise<string>;
  /** The daemon's world, on this machine. */
  readonly world: DaemonWorld | undefined;
}

const write = (folder: string, files: Files = {}) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
};

export async function beginShell(options: ShellOptions): Promise<AgentShell> {
  return options.backend === "local" ? await onThisMachine(options) : await inPod(options);
}

async function onThisMachine(options: ShellOptions): Promise<AgentShell> {
  const { home: homeFiles, repository, sandbox = false, path = PATH } = options;
  const world = new DaemonWorld({ PATH: path });
  const home = world.environment["HOME"] ?? "";
  write(home, homeFiles);
  const mine = prepare(world.repository, { HOME: home, PATH: path }, repository);
  world.bystanders.renew();
  await world.start();
  await world.create({ name: "web", sandbox });
  await world.until("web", "Running", "Idle");
  const client = await world.stream("web");
  const pull = async () => {
    const { body } = await world.ask("POST", "/api/sessions/web/pull");
    return (body as { commit: string }).commit;
  };
  return { mine, home, pull, world, ...shellOf(client) };
}

async function inPod({
  home: homeFiles,
  repository,
  backend,
  path: PATH_OF_USER = PATH,
  system,
}: ShellOptions): Promise<AgentShell> {
  const folder = mkdtempSync(join(tmpdir(), "shell-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [home, path] = [join(folder, "user"), join(folder, "repo")];
  write(home, homeFiles);
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", path]);
  const mine = prepare(path, { HOME: home, PATH: PATH_OF_USER }, repository);
  write(folder, { system: system ?? "" });
  const podEnvironment = {
    GIT_CONFIG_SYSTEM: join(folder, "system"),
    ...(system !== undefined && { PATH: PATH_OF_USER }),
  };
  const place = await SessionPlace.begin({ backend, repository: path, home, path: PATH_OF_USER, podEnvironment });
  const pull = async () => (await place.pull()).commit;
  return { mine, home, pull, world: undefined, ...shellOf(await place.connect()) };
}

function prepare(repository: string, variables: Readonly<Record<string, string>>, files?: Files): GitAt {
  write(repository, files);
  const mine = gitAt(repository, variables);
  mine.run("-c", "commit.gpgSign=false", "add", "--all");
  mine.run("-c", "commit.gpgSign=false", "commit", "--quiet", "--allow-empty", "--message", "The user's");
  return mine;
}

function shellOf(client: ViewerClient): Pick<AgentShell, "run" | "ok"> {
  const run = async (script: string): Promise<Said> => {
    const { out, err } = client.exec(["sh", "-ec", script], { stderr: true });
    await expect.poll(() => [out.closed, err.closed], POLL).toEqual(["", ""]);
    return { code: out.exitCode, out: out.text, err: err.text };
  };
  const ok = async (script: string) => {
    const said = await run(script);
    expect(said).toMatchObject({ code: 0 });
    return said.out;
  };
  return { run, ok };
}

/**
 * `npm run bench -- work`: how fast work travels to a session and back, by git's remote helper and frames, beside the same
 * transfer by git alone between two folders: MB/s of what git sends.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeDaemon } from "../test/integration/git/fakeDaemon.ts";
import { runBench } from "./kit/bench.ts";
import { type Figures, printFigures, printHead } from "./kit/figures.ts";

const ROUNDS = 3;
const folder = mkdtempSync(join(tmpdir(), "clauderon-bench-"));
const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  GIT_AUTHOR_NAME: "bench",
  GIT_AUTHOR_EMAIL: "bench@example.invalid",
  GIT_COMMITTER_NAME: "bench",
  GIT_COMMITTER_EMAIL: "bench@example.invalid",
};

const git = (cwd: string, ...args: readonly string[]) =>
  execFileSync("git", args, { cwd, env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

function makeRepository(name: string, files: number, bytes: number): string {
  const path = join(folder, name);
  mkdirSync(path);
  git(path, "init", "--quiet", "--initial-branch=main");
  for (let index = 0; index < files; index += 1) {
    const into = join(path, `d${index % 100}`);
    mkdirSync(into, { recursive: true });
    const half = randomBytes(bytes / 2);
    writeFileSync(
      join(into, `f${index}`),
      Buffer.concat([half, Buffer.from(half.toString("hex").slice(0, bytes / 2))]),
    );
  }
  git(path, "add", "--all");
  git(path, "commit", "--quiet", "--message", name);
  git(path, "repack", "-adq");
  return path;
}

/** Milliseconds that a git takes to its end. */
async function timed(
  cwd: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const begin = performance.now();
  const child = spawn("git", args, { cwd, env: { ...environment, ...variables }, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`git ${args.join(" ")} failed`);
  return performance.now() - begin;
}

interface Rates {
  readonly push: Figures;
  readonly pull: Figures;
}

async function measure(source: string, way: "git alone" | "clauderon", least?: Rates): Promise<Rates> {
  const packed = Number(/size-pack: (\d+)/.exec(git(source, "count-objects", "-v"))?.[1] ?? 0) / 1_000;
  const [pushes, pulls]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [session, back] = ["session", "back"].map((name) => join(folder, `${name}.git`)) as [string, string];
    for (const path of [session, back]) git(folder, "init", "--quiet", "--bare", path);
    const daemon = await new FakeDaemon({ session }).start();
    const url = way === "clauderon" ? "clauderon::session" : session;
    const variables = way === "clauderon" ? daemon.environment : {};
    pushes.push(await timed(source, ["push", "--quiet", url, "main:refs/clauderon/incoming"], variables));
    pulls.push(await timed(back, ["fetch", "--quiet", url, "refs/clauderon/incoming:refs/heads/x"], variables));
    daemon.stop();
    for (const path of [session, back]) rmSync(path, { recursive: true });
  }
  const print = (what: "push" | "pull", times: readonly number[]) =>
    printFigures({
      label: `${what} with ${way}`,
      unit: "MB/s",
      values: times.map((time) => (packed / time) * 1_000),
      ...(least === undefined ? {} : { aim: 40, baseline: least[what] }),
    });
  return { push: print("push", pushes), pull: print("pull", pulls) };
}

await runBench(async (bench) => {
  bench.defer(() => rmSync(folder, { recursive: true, force: true }));
  for (const [title, files, bytes] of [
    ["10,000 files of 4 KB", 10_000, 4_096],
    ["200 files of 1 MB", 200, 1_048_576],
  ] as const) {
    const source = makeRepository(`${files}`, files, bytes);
    printHead(`work of ${title}`);
    await measure(source, "clauderon", await measure(source, "git alone"));
  }
});

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { startCli } from "../integration/cli/cliProcess.ts";
import { useCluster } from "../kit/cluster/index.ts";
import { keptAuthority } from "../kit/internet/certificates.ts";
import { startInternet } from "../kit/internet/internet.ts";
import { loadImages } from "./images.ts";
import { PATIENCE, PodUser } from "./podUser.ts";

const cluster = await useCluster();
const authority = await keptAuthority(join(import.meta.dirname, "../../out/e2e/authority"));
const internet = await startInternet({ address: cluster.nodeAddress, port: 443, authority });
afterAll(() => internet.stop());
await loadImages(cluster, internet.ca);
const namespace = await cluster.namespace("work");

const HISTORY_MIB = Number(process.env["CLAUDERON_TEST_HISTORY_MIB"] ?? 50);

/** All that git and the file system know of a checkout, the same text on any machine. */
const STATE = `export LC_ALL=C
git rev-parse HEAD
git status --porcelain=v1
git ls-files --stage
find . -name .git -prune -o -type l -printf 'l %p %l\\n' -o -type f -perm -100 -printf 'x %p\\n' -o -type f -printf '- %p\\n' | sort
find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
git -c gc.auto=0 rev-list --objects HEAD | sort | sha256sum`;

const DIRTY = `for part in $(seq ${Math.ceil(HISTORY_MIB / 5)}); do
  head -c 5M /dev/urandom > large.bin; git add large.bin; git commit -qm "Part $part"; done
git rm -q large.bin; git commit -qm "Small again"
for name in plain gone renamed both mode; do echo $name > $name.txt; done; mkdir -p 'ü/☂'; echo deep > 'ü/☂/häßlich.txt'
ln -s plain.txt link; printf '#!/bin/sh\\n' > tool.sh; chmod +x tool.sh; git add -A; git commit -qm "Not pushed"
echo staged > both.txt; chmod +x mode.txt; git rm -q gone.txt; git mv renamed.txt 'new name.txt'; ln -s nowhere dangling; git add -A
echo unstaged >> both.txt; rm plain.txt; echo untracked > 'não seguido.txt'; printf 'x' > run.sh; chmod +x run.sh; ln -s /etc/hostname outside`;

const CHANGE = `cd /workspace/project && git config user.name Agent && git config user.email agent@example.com &&
  git rm -qf both.txt && git mv tool.sh renamed.sh && echo more >> mode.txt && echo new > 'neu ☂.txt' && chmod +x 'neu ☂.txt' &&
  git add -A && git commit -qm 'From the pod' && echo staged > later.txt && git add later.txt && echo unstaged >> later.txt &&
  rm mode.txt && echo untracked > last.txt && ln -s last.txt last-link`;

/** Its HEAD, its index and its files, as objects of git. */
const TREES = `git rev-parse HEAD; git write-tree; cp .git/index /tmp/i; GIT_INDEX_FILE=/tmp/i git add -A; GIT_INDEX_FILE=/tmp/i git write-tree`;

describe("work in a pod", () => {
  it(`a checkout with ${HISTORY_MIB} MiB of history and everything unfinished is the same in the pod, and what the agent made of it comes back`, async () => {
    const user = new PodUser(cluster, namespace);
    user.git("config", "user.name", "U");
    user.git("config", "user.email", "u@example.invalid");
    user.git("config", "core.compression", "0");
    const here = (script: string) =>
      execFileSync("bash", ["-ec", script], { cwd: user.repository, env: user.environment, encoding: "utf8" });
    here(DIRTY);
    const before = here(STATE);
    await user.ok("create", "--name", "work", "--detach");
    expect(await user.inPod("work", STATE)).toBe(before);

    await user.inPod("work", CHANGE);
    const [head, index, tree] = (await user.inPod("work", TREES)).trim().split("\n");
    await user.ok("pull", "work");
    const work = "refs/clauderon/sessions/work/work";
    expect(user.git("rev-parse", "clauderon/work", `${work}^1`)).toBe(`${head}\n${head}`);
    expect(user.git("rev-parse", `${work}^2^{tree}`, `${work}^{tree}`)).toBe(`${index}\n${tree}`);
    // Nothing of it has touched the checkout of the user.
    expect(here(STATE)).toBe(before);

    await user.ok("delete", "work");
    expect(await user.objects("work")).toBe("");
    expect(user.git("for-each-ref", "refs/clauderon/rescued").split("\n")).toHaveLength(1);
  }, 400_000);
});

/** Numbers in [0, 1) that a seed repeats. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const SEED = Number(process.env["CLAUDERON_TEST_SEED"] ?? Date.now() % 1_000_000);

describe("a daemon that is killed", () => {
  it(`at random points of creates and deletes is healed by the next command, and nothing is left in the cluster (seed ${SEED})`, async () => {
    const random = chance(SEED);
    const user = new PodUser(cluster, namespace);
    for (let round = 0; round < 6; round += 1) {
      const name = `victim-${round}`;
      const create = startCli(["create", "--name", name, "--prompt", `say ${name}`, "--detach"], user.options());
      await expect.poll(() => user.names().then((names) => names.includes(name)), PATIENCE).toBe(true);
      await pause(random() * 4_000);
      await user.killDaemon();
      await create.ended;
      await user.untilStatus(name, { phase: "Running", activity: "Idle", turns: 1 });
      expect((await user.objects(name)).split("\n")).toHaveLength(4);
    }
    for (let round = 0; round < 6; round += 1) {
      const name = `victim-${round}`;
      const deleted = startCli(["delete", name], user.options());
      await pause(random() * 2_500);
      await user.killDaemon();
      await deleted.ended;
      // It may say that the runner is not looked into yet, and then goes on by itself.
      const again = async () => {
        const { exitCode, stderr } = await user.run(["delete", name]);
        return exitCode === 0 ? "" : stderr;
      };
      await expect.poll(again, PATIENCE).toMatch(/^$|SESSION_NOT_FOUND/);
      expect(await user.objects(name)).toBe("");
    }
    expect(await user.names()).toEqual([]);
    expect(await user.ok("reconcile")).toBe("All is as it should be");
    // A branch that was fetched is the user's.
    const refs = user.git("for-each-ref", "--format=%(refname)", "refs/clauderon").split("\n");
    expect(refs.filter((ref) => ref !== "" && !ref.startsWith("refs/clauderon/rescued/"))).toEqual([]);
  }, 400_000);
});

import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { gitAt } from "../kit/repositories/gitAt.ts";
import { AGENT_WORK, worstCheckout } from "../kit/repositories/worstCheckout.ts";
import { PodUser } from "./podUser.ts";
import { PATIENCE, useNamespace } from "./useNamespace.ts";

const { cluster, namespace } = await useNamespace("worst");

/** What git knows of a checkout, by raw names, in three lines. */
const STATE = `git ls-files --stage -z | sha256sum
git status --porcelain=v2 -z --untracked-files=all --ignore-submodules=all | LC_ALL=C grep -zavE '^[?] (inner|tree|ignored)/' | sha256sum
git write-tree`;

it("the worst checkout is the same in a pod, comes back, and nothing of it is gone when the volume is lost or the session is deleted", async () => {
  const user = new PodUser(cluster, namespace);
  const mine = worstCheckout(user.repository);
  // A file that is only intended arrives as an untracked one.
  mine.run("rm", "--quiet", "--cached", "intended");
  const own = () => [
    execFileSync("bash", ["-ec", STATE], { cwd: mine.folder, encoding: "utf8" }),
    mine.run("config", "--local", "--list"),
    mine.run("for-each-ref", "refs/heads/main", "refs/heads/side", "refs/tags", "refs/stash", "refs/own"),
  ];
  const before = own();
  await user.ok("create", "--name", "worst", "--prompt", "say hello", "--detach");
  await user.untilStatus("worst", { phase: "Running", activity: "Idle", turns: 1 });
  expect(await user.inPod("worst", STATE)).toBe(before[0]);

  const said = await user.inPod("worst", AGENT_WORK);
  const commits = said
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);
  expect(commits).toHaveLength(9);
  const lost = () => {
    const reached = new Set(gitAt(mine.folder).run("rev-list", "--all").split("\n"));
    return commits.filter(([, commit]) => !reached.has(commit)).map(([word]) => word);
  };
  await user.ok("pull", "worst");
  expect(lost()).toEqual([]);
  const state = await user.inPod("worst", STATE);

  await cluster.kubectl(["delete", "pvc", "clauderon-worst", `--namespace=${namespace}`, "--wait=false"]);
  await cluster.kubectl(["delete", "pod", "clauderon-worst", `--namespace=${namespace}`, "--wait=false"]);
  await user.untilStatus("worst", { phase: "Missing" });
  await user.ok("recreate", "worst");
  await user.untilStatus("worst", { phase: "Running", activity: "Idle", turns: 0 });
  await expect.poll(() => user.inPod("worst", STATE), PATIENCE).toBe(state);

  await user.ok("delete", "worst");
  expect(lost()).toEqual([]);
  expect(own()).toEqual(before);
  expect(await user.objects("worst")).toBe("");
}, 600_000);

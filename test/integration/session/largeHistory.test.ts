import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { BEGIN, CHANGE, STATE, TREES } from "../../kit/sessions/unfinishedCheckout.ts";
import { SessionUser } from "./sessionUser.ts";

it("a checkout with 200 MiB of history and every kind of unfinished work is the same in the worktree, and the agent's changes are fetched", async () => {
  const user = new SessionUser();
  const bash = (cwd: string, script: string) =>
    execFileSync("bash", ["-ec", script], { cwd, env: user.environment, encoding: "utf8" });
  bash(user.repository, BEGIN);
  const before = bash(user.repository, STATE);
  await user.ok("create", "--name", "work", "--detach");
  const { workingDirectory = "" } = (await user.show("work")).status;
  expect(workingDirectory).not.toBe(user.repository);
  expect(bash(workingDirectory, STATE)).toBe(before);

  bash(workingDirectory, CHANGE);
  const [head, index, tree] = bash(workingDirectory, TREES).trim().split("\n");
  await user.ok("pull", "work");
  const work = "refs/clauderon/sessions/work/work";
  expect(user.git("rev-parse", "clauderon/work", `${work}^1`)).toBe(`${head}\n${head}`);
  expect(user.git("rev-parse", `${work}^2^{tree}`, `${work}^{tree}`)).toBe(`${index}\n${tree}`);
  // Nothing has changed the user's checkout.
  expect(bash(user.repository, STATE)).toBe(before);

  await user.ok("delete", "work");
  const rescued = "refs/clauderon/rescued/work";
  expect(user.git("rev-parse", `${rescued}^1`, `${rescued}^2^{tree}`, `${rescued}^{tree}`)).toBe(
    `${head}\n${index}\n${tree}`,
  );
  expect(bash(user.repository, STATE)).toBe(before);
}, 300_000);

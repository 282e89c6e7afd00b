import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { BEGIN, CHANGE, STATE, TREES } from "../kit/sessions/unfinishedCheckout.ts";
import { PodUser } from "./podUser.ts";
import { useNamespace } from "./useNamespace.ts";

const { cluster, namespace } = await useNamespace("work");

it("a checkout with 200 MiB of history and every kind of unfinished work is the same in the pod, and the agent's changes are fetched", async () => {
  const user = new PodUser(cluster, namespace);
  const here = (script: string) =>
    execFileSync("bash", ["-ec", script], { cwd: user.repository, env: user.environment, encoding: "utf8" });
  here(BEGIN);
  const before = here(STATE);
  await user.ok("create", "--name", "work", "--detach");
  expect(await user.inPod("work", STATE)).toBe(before);

  await user.inPod("work", CHANGE);
  const [head, index, tree] = (await user.inPod("work", TREES)).trim().split("\n");
  await user.ok("pull", "work");
  const work = "refs/clauderon/sessions/work/work";
  expect(user.git("rev-parse", "clauderon/work", `${work}^1`)).toBe(`${head}\n${head}`);
  expect(user.git("rev-parse", `${work}^2^{tree}`, `${work}^{tree}`)).toBe(`${index}\n${tree}`);
  // Nothing has changed the user's checkout.
  expect(here(STATE)).toBe(before);

  await user.ok("delete", "work");
  expect(await user.objects("work")).toBe("");
  expect(user.git("for-each-ref", "refs/clauderon/rescued").split("\n")).toHaveLength(1);
}, 400_000);

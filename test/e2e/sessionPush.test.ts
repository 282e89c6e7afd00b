import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PodUser } from "./podUser.ts";
import { PATIENCE, useNamespace } from "./useNamespace.ts";

const { cluster, namespace } = await useNamespace("push");

it("a pod's agent has its variables, its branch follows the user's commits until it has its own, and included ignored files are fetched", async () => {
  const user = new PodUser(cluster, namespace);
  const settings = '[session.environment]\nIS_SANDBOX = "1"\n[sync]\ninclude = ["*.env"]\n';
  appendFileSync(join(user.clauderonHome, "config.toml"), settings);
  const commit = (name: string, text: string) => {
    writeFileSync(join(user.repository, name), text);
    user.git("add", name);
    user.git("-c", "user.name=U", "-c", "user.email=u@example.invalid", "commit", "--quiet", "--message", name);
  };
  commit(".gitignore", "*.env\n");
  writeFileSync(join(user.repository, "a.env"), "before\n");
  const prompt = "shell echo $IS_SANDBOX:$GREETING; cat a.env";
  await user.ok("create", "--name", "web", "--env", "GREETING=hello you", "--prompt", prompt, "--detach");
  await expect.poll(() => user.ok("logs", "web"), PATIENCE).toMatch(/^1:hello you\s+before$/m);

  commit("mine.txt", "mine\n");
  const head = user.git("rev-parse", "HEAD");
  expect(await user.ok("push", "web")).toBe(`web is now at ${head.slice(0, 12)}`);
  expect(await user.inPod("web", "git rev-parse HEAD clauderon/web; git status --porcelain; cat mine.txt")).toBe(
    `${head}\n${head}\nmine\n`,
  );

  await user.inPod("web", "echo after > a.env; echo x > agents.txt");
  const pulled = await user.run(["pull", "web"]);
  expect(pulled).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("web: Receiving objects\n") as unknown });
  expect(user.git("show", "refs/clauderon/sessions/web/work:a.env")).toBe("after");

  commit("more.txt", "more\n");
  const left = await user.run(["push", "web"]);
  expect(left.stderr).toContain("note: The session has work that is not committed; its agent can take it: ");
  expect(await user.inPod("web", "git rev-parse HEAD; ls more.txt 2>&1; cat agents.txt")).toMatch(
    new RegExp(`^${head}\\n.*No such file[^]*\\nx\\n$`),
  );
  await user.ok("delete", "--discard-work", "web");
}, 400_000);

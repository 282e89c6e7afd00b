import { expect, it } from "vitest";
import { SessionUser } from "./sessionUser.ts";

it("a daemon that stands still is reported by every command, and works again when it continues", async () => {
  const user = new SessionUser();
  await user.ok("create", "--name", "web");
  const pid = await user.daemonPid();
  process.kill(pid, "SIGSTOP");
  const commands = [["list"], ["daemon", "stop"], ["daemon", "status"], ["send", "web", "say hello"]];
  const ended = await Promise.all(commands.map((args) => user.run(args)));
  for (const { exitCode, stderr } of ended) {
    expect(exitCode).toBe(9);
    expect(stderr).toMatch(
      /error\[TIMEOUT\]: The daemon on .*daemon\.sock did not answer within 20 s\nhint: .*kill -9/,
    );
  }
  process.kill(pid, "SIGCONT");
  expect(await user.names()).toEqual(["web"]);
  expect(await user.daemonPid()).toBe(pid);
});

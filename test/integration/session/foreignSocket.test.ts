import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import { socketPath } from "@clauderon/protocol";
import { expect, it, onTestFinished } from "vitest";
import { HEALTH } from "./falseDaemon.ts";
import { SessionUser } from "./sessionUser.ts";

const OF_NOBODY = 65_534;

/** A home whose socket lies in the folder for temporary files, where another user listens already. */
async function listenAsStranger() {
  const user = new SessionUser();
  const temporary = join(user.folder, "tmp");
  const home = join(user.folder, "long".repeat(30));
  const socket = socketPath({ home, uid: userInfo().uid, tmpdir: temporary });
  const folder = dirname(socket);
  mkdirSync(folder, { recursive: true });
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader("content-type", "application/json").end(JSON.stringify(HEALTH));
  }).listen(socket);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  if (userInfo().uid === 0) {
    chmodSync(folder, 0o700);
    chownSync(folder, OF_NOBODY, OF_NOBODY);
  } else chmodSync(folder, 0o777);
  return { user, folder, heard, environment: { CLAUDERON_HOME: home, TMPDIR: temporary } };
}

it("a socket in another user's folder gets no request and no credential", async () => {
  const { user, folder, heard, environment } = await listenAsStranger();
  const set = await user.run(["credentials", "set", "ANTHROPIC_API_KEY"], { environment, stdin: "sk-mine" });
  expect(set).toMatchObject({ exitCode: 2, stdout: "" });
  expect(set.stderr).toContain(`error[CONFIG_INVALID]: ${folder} is not private to this user`);
  expect(set.stderr).toContain("hint: Remove it, or set CLAUDERON_HOME to a shorter path");
  expect(heard).toEqual([]);
});

it("git's remote helper does not connect to a socket in another user's folder", async () => {
  const { user, folder, heard, environment } = await listenAsStranger();
  const env = { ...user.environment, ...environment };
  const listed = promisify(execFile)("git", ["ls-remote", "clauderon::web"], { env });
  await expect(listed).rejects.toThrow(`error[CONFIG_INVALID]: ${folder} is not private to this user`);
  expect(heard).toEqual([]);
});

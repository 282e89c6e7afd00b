import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { CLAUDERON } from "../../kit/programs.ts";
import { SessionUser } from "./sessionUser.ts";

const run = promisify(execFile);

/** Runs a program as a user whom the system knows by no name, as a container with an arbitrary id does. */
const asNameless = (program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string) =>
  run("unshare", ["--user", "--map-user=4321", "--", program, ...args], { env, cwd });

it("a user without an entry in the system's list of users has sessions", async () => {
  const user = new SessionUser();
  const clauderon = async (...args: readonly string[]) =>
    (await asNameless(process.execPath, [CLAUDERON, ...args], user.environment, user.repository)).stdout;
  const says = `import("node:os").then((os) => os.userInfo())`;
  await expect(asNameless(process.execPath, ["-e", says], user.environment, user.repository)).rejects.toThrow("ENOENT");
  expect(userInfo().uid).not.toBe(4_321);

  expect(await clauderon("create", "--name", "web", "--prompt", "last done", "--print")).toBe("done\n");
  expect(await clauderon("exec", "web", "--", "id", "-u")).toBe("4321\n");
  await asNameless("git", ["fetch", "--quiet", "clauderon::web"], user.environment, user.repository);
  expect(await clauderon("delete", "web")).toBe("web deleted\n");
  await clauderon("daemon", "stop");
});

it("a user without a name and without HOME gets an error that says what to set", async () => {
  const user = new SessionUser();
  const { PATH } = user.environment;
  const listed = asNameless(process.execPath, [CLAUDERON, "list"], { PATH }, user.repository);
  await expect(listed).rejects.toMatchObject({
    code: 2,
    stderr:
      "error[CONFIG_INVALID]: HOME is not set, and the system knows no home folder of user 4321\n" +
      "hint: Set HOME to your home folder\n",
  });
});

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { AUTHENTICATORS } from "./credentialPlugin.ts";

/** Loads the package, asks for credentials of this user, and tells whether client-node came along. */
const PROGRAM = (user: object) => `
  import { registerHooks } from "node:module";
  let loaded = false;
  registerHooks({ resolve(specifier, context, next) {
    const found = next(specifier, context);
    loaded ||= found.url.includes("/@kubernetes/client-node/");
    return found;
  } });
  await import("./index.ts");
  const { createAccess } = await import("./createAccess.ts");
  await createAccess({ server: "https://example" }, ${JSON.stringify(user)}, undefined).credentials();
  console.log(loaded);
`;

const loadsClientNode = (user: object): string => {
  const args = ["--input-type=module-typescript", "-e", PROGRAM(user)];
  return spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" }).stdout.trim();
};

describe("CredentialPlugin", () => {
  it("loads the heavy library only when a user needs a plugin", () => {
    expect(loadsClientNode({ token: "t" })).toBe("false");
    expect(loadsClientNode({ exec: { command: "echo", args: ['{"status":{"token":"t"}}'] } })).toBe("true");
  });

  it.each(Object.entries(AUTHENTICATORS))("finds the authenticator %s in client-node", async (_name, load) => {
    expect(await load()).toHaveProperty("applyAuthentication", expect.any(Function));
  });
});

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { POLL } from "../cli/cliProcess.ts";
import { SessionUser } from "./sessionUser.ts";
import type { TerminalWindow } from "./terminalWindow.ts";

// Each step is a process of its own, and the machine may have others to run.
vi.setConfig({ testTimeout: 180_000 });

/** An agent that asks for the keyboard, uses what it is offered as Claude Code does, and prints each input. */
const AGENT = `
const hex = (bytes) => bytes.toString("hex");
process.stdin.setRawMode(true);
process.stdin.on("data", (bytes) => {
  if (/^\\x1b\\[\\?\\d+u$/.test(bytes.toString())) process.stdout.write("reply " + hex(bytes) + "\\r\\n\\x1b[>1u\\x1b[>4;2m");
  else if (bytes.toString() === "x") process.stdout.write("\\x1b[<u\\x1b[>4mended\\r\\n");
  else process.stdout.write("input " + hex(bytes) + "\\r\\n");
});
process.stdout.write("\\x1b[?u");
`;

const hex = (text: string) => Buffer.from(text).toString("hex");
const [SHIFT_ENTER, OTHER_SHIFT_ENTER] = ["\u001b[13;2u", "\u001b[27;2;13~"];
const OTHER_KEYS = "\u001b[>4;2m";

async function userWithAgent(): Promise<SessionUser> {
  const user = new SessionUser();
  const agent = join(user.repository, "../agent.cjs");
  writeFileSync(agent, `#!${process.execPath}\n${AGENT}`);
  chmodSync(agent, 0o755);
  Object.assign(user.environment, { CLAUDERON_AGENT_COMMAND: agent });
  await user.ok("create", "--name", "web");
  return user;
}

/** A viewer that writes; `flags` for one whose terminal knows the kitty keyboard protocol. */
async function attached(user: SessionUser, flags?: number): Promise<TerminalWindow> {
  const options = flags === undefined ? {} : { keyboardFlags: flags };
  const window = user.window(["attach", "--take-over", "web"], options);
  await expect.poll(() => window.title, POLL).toBe("web: ctrl-p ctrl-q to detach");
  await expect.poll(() => window.screen, POLL).toContain("reply");
  return window;
}

it("keys that only newer terminals tell apart reach the agent, from each viewer as its terminal has them", async () => {
  const user = await userWithAgent();
  const able = await attached(user, 3);
  await expect.poll(() => able.keyboardFlags, POLL).toBe(1);
  able.type(SHIFT_ENTER);
  await expect.poll(() => able.screen, POLL).toContain(`input ${hex(SHIFT_ENTER)}`);

  const plain = await attached(user);
  plain.type("\r");
  await expect.poll(() => plain.screen, POLL).toContain(`input ${hex("\r")}`);
  plain.type(OTHER_SHIFT_ENTER);
  await expect.poll(() => plain.screen, POLL).toContain(`input ${hex(OTHER_SHIFT_ENTER)}`);
  // It has asked, and got no answer.
  expect(plain.received.match(new RegExp(["\u001b", "\\[[<=>?]\\d*(;\\d+)?u"].join(""), "g"))).toEqual(["\u001b[?u"]);
  expect(plain.received).toContain(OTHER_KEYS);

  // One reply to the agent's one question, however many viewers there are.
  for (const window of [able, plain]) expect(window.screen.match(/reply \w+/g)).toEqual([`reply ${hex("\u001b[?0u")}`]);
  expect(able.screen).not.toContain(`input ${hex("\u001b[?")}`);

  plain.type("x");
  await expect.poll(() => able.screen, POLL).toContain("ended");
  await expect.poll(() => able.keyboardFlags, POLL).toBe(0);
  expect(able.received).toContain("\u001b[>4mended");
});

it("the detach keys are found in every form, and the terminal gets back the keyboard that it had", async () => {
  const user = await userWithAgent();
  const able = await attached(user, 3);
  await expect.poll(() => able.keyboardFlags, POLL).toBe(1);
  able.type("\u001b[112;5u");
  able.type("\u001b[113;5u");
  await expect.poll(() => able.exitCode, POLL).toBe(0);
  expect(able.keyboardFlags).toBe(3);
  const plain = await attached(user);
  await expect.poll(() => plain.received, POLL).toContain(OTHER_KEYS);
  plain.type("\u001b[27;5;112~\u001b[27;5;113~");
  await expect.poll(() => plain.exitCode, POLL).toBe(0);
  expect(plain.received.lastIndexOf("\u001b[>4m")).toBeGreaterThan(plain.received.lastIndexOf(OTHER_KEYS));
  const watching = user.window(["attach", "--watch", "web"], { keyboardFlags: 0 });
  await expect.poll(() => watching.keyboardFlags, POLL).toBe(1);
  watching.type("\u001b[99;5u");
  await expect.poll(() => watching.exitCode, POLL).toBe(0);
  expect((await user.show("web")).status.phase).toBe("Running");
  expect(watching.screen).not.toContain("input");
});

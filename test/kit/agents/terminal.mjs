#!/usr/bin/env node
// An agent with a terminal, for the adapter `scripted`: each prompt is a command of a small language.
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";

const events = process.env.CLAUDERON_EVENTS;
const resumed = process.argv.find((argument) => argument.startsWith("--resume="))?.slice("--resume=".length);
const conversationId = resumed ?? randomUUID();

let told = 0;

function tell(event) {
  told += 1;
  const path = `${events}/${process.pid}-${told}`;
  writeFileSync(path, JSON.stringify(event));
  renameSync(path, `${path}.json`);
}

// One that was made to forget knows no conversation.
const forgotten = `${process.env.HOME}/forgotten`;
if (resumed !== undefined && existsSync(forgotten)) {
  process.stdout.write(`No conversation ${resumed}\r\n`);
  process.exit(1);
}

const print = (text) => new Promise((resolve) => process.stdout.write(text, resolve));

let lastMessage;
let failure;

const commands = {
  // As when the model refuses.
  fail(rest) {
    failure = rest;
  },
  last(rest) {
    lastMessage = rest;
  },
  say: (rest) => print(`${rest}\r\n`),
  // What no prompt can hold: control characters are taken out of what is typed.
  raw: (base64) => print(Buffer.from(base64, "base64")),
  digest: (_rest, prompt) => print(`sha256 ${createHash("sha256").update(prompt).digest("hex")}\r\n`),
  environment: () => print(`${JSON.stringify(process.env)}\r\n`),
  arguments: () => print(`${JSON.stringify(process.argv.slice(2))}\r\n`),
  size: () => print(`size ${process.stdout.columns}x${process.stdout.rows}\r\n`),
  async flood(mebibytes) {
    for (let line = 0; line < Number(mebibytes) * 16_384; line += 1)
      await print(`${String(line).padStart(62, "0")}\r\n`);
    await print("flood over\r\n");
  },
  // Prints numbered lines, a few at a time, until the file `enough` exists.
  async drip() {
    let line = 0;
    for (; !existsSync("enough"); line += 1) {
      await print(`${String(line).padStart(62, "0")}\r\n`);
      if (line % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await print(`dripped ${line} lines\r\n`);
  },
  async shell(command) {
    const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
    await print(`${stdout}${stderr}`.replaceAll("\n", "\r\n"));
    lastMessage = `ended with ${status}`;
  },
  sleeper: () =>
    print(`sleeper ${spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).pid} of ${process.pid}\r\n`),
  forget: () => writeFileSync(forgotten, ""),
  crash: () => process.kill(process.pid, "SIGKILL"),
  exit: (code) => process.exit(Number(code)),
  async ask() {
    tell({ activity: "WaitingForPermission" });
    await print("May I? ");
    const answer = await new Promise((resolve) => {
      onKey = resolve;
    });
    await print(`answered ${answer}\r\n`);
  },
  // Writes a file when it receives SIGTERM, and not before.
  farewell: () =>
    process.on("SIGHUP", () => {
      writeFileSync("farewell.txt", "written at the end");
      process.exit(0);
    }),
  // The timer keeps it alive: a process that waits for nothing ends.
  deaf: () => new Promise(() => process.stdin.pause() && setInterval(() => undefined, 60_000)),
};

const ESC = "\u001b";
const PASTED = new RegExp(`^${ESC}\\[200~([^]*)${ESC}\\[201~\\r`);
const TYPED = new RegExp(`^([^${ESC}\\r]+)\\r`);
let typed = "";
let onKey;
let working = Promise.resolve();

async function take(prompt) {
  tell({ activity: "Working", conversationId, takesPrompt: true });
  const [name, ...rest] = prompt.split(" ");
  await (commands[name] ?? commands.digest)(rest.join(" "), prompt);
  const activity = failure === undefined ? "Idle" : "Failed";
  tell({ activity, conversationId, endsTurn: true, lastMessage, failure });
  lastMessage = undefined;
  failure = undefined;
}

process.stdin.setRawMode(true);
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  if (onKey !== undefined) {
    onKey(chunk);
    onKey = undefined;
    return;
  }
  typed += chunk;
  for (;;) {
    const whole = PASTED.exec(typed) ?? TYPED.exec(typed);
    if (whole === null) break;
    typed = typed.slice(whole[0].length);
    working = working.then(() => take(whole[1]));
  }
  // A second Enter on an empty line says nothing.
  if (typed === "\r") typed = "";
});
process.on("SIGWINCH", () => undefined);
await print(`\u001b[?2004hterminal agent, ${resumed === undefined ? "new" : `resumed ${resumed}`}\r\n`);
tell({ activity: "Idle" });

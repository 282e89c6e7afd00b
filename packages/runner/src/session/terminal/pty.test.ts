import { setImmediate } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { Pty } from "./pty.ts";

const LINES = Buffer.from("0123456789\n".repeat(100_000));

function start(script: string) {
  let printed = "";
  const pty = new Pty("/bin/sh", ["-c", script], {
    cwd: "/",
    environment: { PATH: "/usr/bin:/bin" },
    cols: 80,
    rows: 24,
    onOutput: (bytes) => {
      printed += Buffer.from(bytes).toString();
    },
  });
  onTestFinished(() => pty.signal("SIGKILL"));
  return { pty, printed: () => printed };
}

/** Pty uses two members of node-pty that its types do not have; without them, input would be lost or the process would block. */
it("Pty hands input to the program", async () => {
  const { pty, printed } = start("read line; echo got:$line");
  await pty.write(Buffer.from("hello\n"));
  expect(await pty.exited).toEqual({ code: 0, signal: undefined });
  expect(printed()).toContain("got:hello");
});

it("Pty ends a program that has only just been started", async () => {
  const programs = Array.from({ length: 40 }, () => {
    const { pty } = start("exec sleep 60");
    pty.signal("SIGKILL");
    return pty.exited;
  });
  expect(new Set((await Promise.all(programs)).map(({ signal }) => signal))).toEqual(new Set(["SIGKILL"]));
});

it("Pty does not block the process while the program does not read, and drops the rest at its end", async () => {
  const { pty } = start("echo ready; exec sleep 60");
  const written = pty.write(LINES).then(() => "written");
  expect(await Promise.race([written, setImmediate("free")])).toBe("free");
  pty.signal("SIGKILL");
  expect(await pty.exited).toEqual({ code: undefined, signal: "SIGKILL" });
  expect(await written).toBe("written");
  await pty.write(LINES);
  pty.resize(100, 30);
});

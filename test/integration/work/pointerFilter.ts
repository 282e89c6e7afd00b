/**
 * A long-running filter that works as git-lfs does: it speaks git's protocol for filter processes, asks git where the repository
 * is, and keeps content in the git folder, so that git has a pointer. Its files say "pointer", a space and a hash.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const ask = (...args: readonly string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();

// As git-lfs: not without a work tree, and in the folder of the repository, not in the one that it was started in.
process.chdir(ask("rev-parse", "--show-toplevel"));
const store = join(ask("rev-parse", "--path-format=absolute", "--git-common-dir"), "pointers");
mkdirSync(store, { recursive: true });

function readExactly(length: number): Buffer | undefined {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(0, buffer, at, length - at, null);
    if (count === 0) return undefined;
    at += count;
  }
  return buffer;
}

/** The packets up to the next flush; undefined at the end. */
function readPackets(): readonly Buffer[] | undefined {
  const packets: Buffer[] = [];
  for (;;) {
    const head = readExactly(4);
    if (head === undefined) return undefined;
    const length = Number.parseInt(head.toString(), 16);
    if (length === 0) return packets;
    packets.push(readExactly(length - 4) ?? Buffer.alloc(0));
  }
}

function write(...lines: readonly (Buffer | string)[]): void {
  const packets = lines.map((line) => {
    const data = Buffer.from(line);
    return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, "0")), data]);
  });
  writeSync(1, Buffer.concat([...packets, Buffer.from("0000")]));
}

function convert(command: string, content: Buffer): Buffer {
  if (command === "clean") {
    const hash = createHash("sha256").update(content).digest("hex");
    writeFileSync(join(store, hash), content);
    return Buffer.from(`pointer ${hash}\n`);
  }
  const hash = /^pointer ([0-9a-f]{64})\n$/.exec(content.toString())?.[1];
  return hash === undefined ? content : readFileSync(join(store, hash));
}

readPackets();
write("git-filter-server\n", "version=2\n");
readPackets();
write("capability=clean\n", "capability=smudge\n");
for (let header = readPackets(); header !== undefined; header = readPackets()) {
  const command = /^command=(\w+)$/m.exec(header.join(""))?.[1] ?? "";
  const result = convert(command, Buffer.concat(readPackets() ?? []));
  write("status=success\n");
  write(result);
  write();
}

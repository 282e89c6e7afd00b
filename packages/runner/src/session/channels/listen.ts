import { once } from "node:events";
import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { Fault, messageOf } from "@clauderon/base";

/**
 * Listens on a unix socket that only this user can connect to. A socket that nobody answers on is left from a crash and
 * is replaced; SESSION_EXISTS when somebody answers.
 */
export async function listen(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (lstatSync(folder).uid !== process.getuid?.()) {
    throw new Fault("CONFIG_INVALID", `${folder} belongs to another user`, {
      hint: "Remove it, or use another TMPDIR",
    });
  }
  if (await answers(path)) throw new Fault("SESSION_EXISTS", `Another runner listens on ${path}`);
  rmSync(path, { force: true, recursive: true });
  const server = createServer(onConnection);
  // Until the chmod, nobody else can connect: only the user can access the folder, or the umask keeps others out.
  const before = process.umask(0o177);
  server.listen(path);
  process.umask(before);
  await once(server, "listening").catch((cause: unknown) => {
    throw new Fault("CONFIG_INVALID", `Cannot listen on ${path}: ${messageOf(cause)}`, { cause });
  });
  chmodSync(path, 0o600);
  return server;
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

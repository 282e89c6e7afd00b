import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { DaemonWorld, POLL } from "./daemonProcess.ts";
import { DAEMON } from "../../kit/programs.ts";
import { installBubblewrap } from "./installBubblewrap.ts";

beforeAll(installBubblewrap);

/** What a session may try: a name, and a shell command that succeeds when the session gets there. */
type Attempt = readonly [string, string];

const isRoot = process.getuid?.() === 0;
/** A kernel may keep TIOCSTI for root alone. */
const isTiocstiOpen = isRoot || sysctl("dev/tty/legacy_tiocsti") !== "0";
const [KEYCTL, ADD_KEY] = process.arch === "arm64" ? [219, 217] : [250, 248];

function sysctl(name: string): string {
  try {
    return readFileSync(`/proc/sys/${name}`, "utf8").trim();
  } catch {
    return "";
  }
}

async function listen(path: string): Promise<string> {
  const server = createServer((socket) => socket.end()).listen(path);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return path;
}

const connect = (path: string) =>
  `node -e 'require("net").connect(process.argv[1]).on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))' ${path}`;

/** Everything of this machine that a sandbox closes, and the world around it in which each attempt succeeds without one. */
async function attempts(world: DaemonWorld): Promise<readonly Attempt[]> {
  const home = world.environment["HOME"] ?? "";
  const outside = mkdtempSync(join(tmpdir(), "cld-reach-"));
  const shared = mkdtempSync("/dev/shm/cld-reach-");
  onTestFinished(() => [outside, shared].forEach((path) => rmSync(path, { recursive: true })));
  for (const folder of [home, `${home}/tools`, `${home}/run`]) mkdirSync(folder, { recursive: true });
  for (const file of [`${home}/secret`, `${outside}/secret`, `${shared}/secret`]) writeFileSync(file, "mine\n");
  execFileSync("mkfifo", [`${home}/tools/pipe`]);
  const sleeper = spawn("sleep", ["1000"], { env: { MARK: "of the host" } });
  onTestFinished(() => void sleeper.kill());
  const sockets: readonly Attempt[] = await Promise.all(
    [
      ["in a temporary folder", `${outside}/s`],
      ["in the home", `${home}/s`],
      ["in the runtime folder", `${home}/run/s`],
      ["in the checkout", `${world.repository}/s`],
      ["in the repository's git folder", `${world.repository}/.git/fsmonitor--daemon.ipc`],
      ["in a folder of PATH", `${home}/tools/s`],
    ].map(async ([name = "", path = ""]) => [`socket ${name}`, connect(await listen(path))] as const),
  );
  return [
    ...sockets,
    ["socket of the daemon", connect(world.socket)],
    ["named pipe in a folder of PATH", `test -p ${home}/tools/pipe`],
    ...["/run", "/var", "/sys/class", "/sys/fs"].map(
      (path): Attempt => [`folder ${path}`, `test -n "$(ls -A ${path} | grep -vx -e run -e tmp)"`],
    ),
    ["file in the home", `cat ${home}/secret`],
    ["file in a temporary folder", `cat ${outside}/secret`],
    ["file in shared memory", `cat ${shared}/secret`],
    ["file in the checkout", `cat ${world.repository}/.git/../readme`],
    ["environment of another process", `tr '\\0' '\\n' < /proc/${sleeper.pid}/environ | grep 'of the host'`],
    ["signal to another process", `kill -0 ${sleeper.pid}`],
    ...["ipc", "pid", "uts", "mnt", "user", "cgroup"].map(
      (name): Attempt => [
        `namespace ${name}`,
        `test "$(readlink /proc/self/ns/${name})" = "${readlinkSync(`/proc/self/ns/${name}`)}"`,
      ],
    ),
    ["new user namespace", "unshare --user true"],
    ["kernel keyring", `perl -e 'exit(syscall(${KEYCTL}, 0, -3, 1) < 0)'`],
    ["new kernel key", `perl -e '$t="user"; $d="cld"; $p="x"; exit(syscall(${ADD_KEY}, $t, $d, $p, 1, -2) < 0)'`],
    ["rarely used kind of socket", `perl -e 'socket(my $s, 38, 5, 0) or socket($s, 17, 2, 0) or exit 1'`],
    ...(isTiocstiOpen
      ? ([["text typed into a terminal", `perl -e 'my $c = "#"; ioctl(STDIN, 0x5412, $c) or exit 1'`]] as const)
      : []),
    ...(isRoot
      ? ([
          ["mount", `mount -t tmpfs x ${outside} && umount ${outside}`],
          ["right of root", "grep -q 'CapBnd:.*[1-9a-f]' /proc/self/status"],
          ["device", "mknod device c 1 3 && : > device; got=$?; rm -f device; exit $got"],
        ] as const)
      : []),
  ];
}

/** The names of the attempts that succeed in a session. */
async function reached(world: DaemonWorld, name: string, tried: readonly Attempt[]): Promise<readonly string[]> {
  const lines = tried.map(([what, command]) => `(${command}) >/dev/null 2>&1 && echo "got: ${what}"`);
  writeFileSync(join(world.repository, `${name}.sh`), [...lines, "echo probe over", "exec sleep 1000", ""].join("\n"));
  await world.create({ name, sandbox: name === "caged", command: ["/bin/sh", `${name}.sh`] });
  await world.until(name, "Running");
  const view = (await world.stream(name)).attach({ mode: "watch", offset: 0 });
  await expect.poll(() => view.text, POLL).toContain("probe over");
  return [...view.text.matchAll(/got: (.*)\r$/gm)].map(([, what = ""]) => what);
}

it("a sandboxed session reaches nothing of the host that a session without a sandbox does", async () => {
  const world = new DaemonWorld();
  const home = world.environment["HOME"] ?? "";
  Object.assign(world.environment, {
    PATH: `${home}/tools:${home}:${world.environment["PATH"] ?? ""}`,
    XDG_RUNTIME_DIR: `${home}/run`,
  });
  await world.start();
  const tried = await attempts(world);
  expect(await reached(world, "free", tried)).toEqual(tried.map(([name]) => name));
  expect(await reached(world, "caged", tried)).toEqual([]);
});

/** Variables by which programs find the sockets and secrets of a desktop. */
const DESKTOP = {
  SSH_AUTH_SOCK: "/x",
  SSH_AGENT_PID: "1",
  GPG_AGENT_INFO: "/x",
  GNUPGHOME: "/x",
  DBUS_SESSION_BUS_ADDRESS: "unix:path=/x",
  DBUS_SYSTEM_BUS_ADDRESS: "unix:path=/x",
  XDG_RUNTIME_DIR: "/x",
  DISPLAY: ":0",
  WAYLAND_DISPLAY: "wayland-0",
  XAUTHORITY: "/x",
  PULSE_SERVER: "unix:/x",
  PIPEWIRE_REMOTE: "/x",
  DOCKER_HOST: "unix:///x",
  CONTAINER_HOST: "unix:///x",
  TMUX: "/x,1,0",
  STY: "1.pts",
  VSCODE_IPC_HOOK_CLI: "/x",
  KRB5CCNAME: "KEYRING:persistent",
  LISTEN_FDS: "1",
  NOTIFY_SOCKET: "/x",
};

it.each([true, false])(
  "a session (sandboxed: %s) inherits no variable that leads to a socket of the desktop",
  async (sandbox) => {
    const world = await new DaemonWorld({ ...DESKTOP }).start();
    writeFileSync(join(world.repository, "probe.sh"), "env; echo probe over; exec sleep 1000\n");
    await world.create({ name: "web", sandbox, command: ["/bin/sh", "probe.sh"] });
    await world.until("web", "Running");
    const view = (await world.stream("web")).attach({ mode: "watch", offset: 0 });
    await expect.poll(() => view.text, POLL).toContain("probe over");
    const names = [...view.text.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(names).toContain("PATH");
    expect(names.filter((name) => Object.keys(DESKTOP).includes(name ?? ""))).toEqual([]);
  },
);

it("the terminal of a sandboxed session has job control, interrupts programs and follows the viewer's size", async () => {
  const world = await new DaemonWorld().start();
  writeFileSync(join(world.repository, "shell.sh"), "exec /bin/bash --norc -i\n");
  await world.create({ name: "shell", sandbox: true, command: ["/bin/sh", "shell.sh"] });
  await world.until("shell", "Running");
  const view = (await world.stream("shell")).attach({ mode: "write", cols: 91, rows: 33 });
  await expect.poll(() => view.text, POLL).toMatch(/[#$] $/);
  view.type("trap 'echo window' WINCH; sleep 1000; echo interrupted $((100 + 30))\n");
  await expect.poll(() => view.text, POLL).toContain("\r\n");
  await expect.poll(() => processes(world, "sleep"), POLL).toBeGreaterThan(0);
  view.type("\u0003");
  await expect.poll(() => processes(world, "sleep"), POLL).toBe(0);
  view.type("sleep 1000\n");
  await expect.poll(() => processes(world, "sleep"), POLL).toBeGreaterThan(0);
  view.type("\u001a");
  await expect.poll(() => view.text, POLL).toMatch(/Stopped +sleep 1000/);
  view.type("kill %1; tty; stty size\n");
  await expect.poll(() => view.text, POLL).toMatch(/\/dev\/pts\/\d+\r\n[^]*33 91\r\n/);
  view.resize(92, 34);
  view.type("stty size\n");
  await expect.poll(() => view.text, POLL).toMatch(/window[^]*34 92\r\n/);
});

/** How many programs of this name the world's sessions run. */
function processes(world: DaemonWorld, name: string): number {
  const listed = execFileSync("ps", ["-eo", "args"], { encoding: "utf8", env: world.environment });
  return listed.split("\n").filter((line) => line.startsWith(`${name} 1000`)).length;
}

it("a session inherits no file that its daemon was started with", async () => {
  const world = new DaemonWorld();
  const secret = join(world.folder, "open");
  writeFileSync(secret, "mine\n");
  // Above the numbers that node marks by itself.
  const daemon = spawn("/bin/bash", ["-c", `exec 200<"$0"; exec "$@"`, secret, process.execPath, DAEMON], {
    env: world.environment,
    stdio: "ignore",
  });
  onTestFinished(() => void daemon.kill("SIGKILL"));
  await expect.poll(() => world.ask("GET", "/health").catch(() => undefined), POLL).toMatchObject({ status: 200 });
  writeFileSync(join(world.repository, "probe.sh"), "ls -l /proc/self/fd; echo probe over; exec sleep 1000\n");
  await world.create({ name: "web", command: ["/bin/sh", "probe.sh"] });
  await world.until("web", "Running");
  const view = (await world.stream("web")).attach({ mode: "watch", offset: 0 });
  await expect.poll(() => view.text, POLL).toContain("probe over");
  expect(view.text).toContain(" 0 -> /dev/pts");
  expect(view.text).not.toContain(secret);
});

it("a sandboxed session has the objects that its repository borrows from another", async () => {
  const world = new DaemonWorld();
  const home = world.environment["HOME"] ?? "";
  mkdirSync(home);
  const [lender, borrower] = [join(home, "lender"), join(home, "borrower")];
  execFileSync("git", ["clone", "--quiet", "--bare", world.repository, lender]);
  execFileSync("git", ["clone", "--quiet", "--shared", lender, borrower]);
  await world.start();
  writeFileSync(join(borrower, "probe.sh"), "git --no-pager log -1 --format=%s; echo probe over; exec sleep 1000\n");
  await world.create({ name: "web", sandbox: true, repository: borrower, command: ["/bin/sh", "probe.sh"] });
  await world.until("web", "Running");
  const view = (await world.stream("web")).attach({ mode: "watch", offset: 0 });
  await expect.poll(() => view.text, POLL).toContain("probe over");
  expect(view.text).toContain("first\r\n");
});

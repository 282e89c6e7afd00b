import { createHash } from "node:crypto";
import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { exec, type ExecOptions, HttpKubeClient, loadKubeConfig, PODS } from "@clauderon/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useCluster } from "../kit/cluster/index.ts";

const cluster = await useCluster();
const access = loadKubeConfig({ kubeconfig: cluster.kubeconfig });
const client = new HttpKubeClient(access);
let namespace = "";

beforeAll(async () => {
  namespace = await cluster.namespace("exec");
  const container = { image: "localhost/base:1", imagePullPolicy: "Never", command: ["sleep", "infinity"] };
  await client.create(PODS, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name: "web" },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ ...container, name: "main" }] },
  });
  const { metadata } = await client.list(PODS, { namespace });
  const { signal } = new AbortController();
  const options = { namespace, resourceVersion: metadata.resourceVersion, timeoutSeconds: 60, signal };
  for await (const { object } of client.watch(PODS, options)) {
    if (object.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) return;
  }
  throw new Error("The pod did not become ready");
});

afterAll(async () => await client.close());

const run = (script: string, options: Partial<ExecOptions> = {}) =>
  exec(access, { namespace, pod: "web", command: ["sh", "-c", script], stdout: new PassThrough(), ...options });

async function outputOf(script: string, options: Partial<ExecOptions> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const ended = run(script, { stdout, ...(options.tty === true ? {} : { stderr }), ...options }).finally(() => {
    stdout.end();
    stderr.end();
  });
  const [outcome, out, err] = await Promise.all([ended, text(stdout), text(stderr)]);
  return { outcome, out, err };
}

describe("exec in a real pod", () => {
  it("returns exit code and both outputs, and passes the command's words unchanged", async () => {
    expect(await outputOf("echo out; echo err >&2; exit 42")).toEqual({
      outcome: { exitCode: 42 },
      out: "out\n",
      err: "err\n",
    });
    expect(await outputOf("true")).toEqual({ outcome: { exitCode: 0 }, out: "", err: "" });
    const words = ["printf", "%s|", "a b", "é & ; '\"", "--x=$HOME", ""];
    expect((await outputOf("", { command: words, container: "main" })).out).toBe("a b|é & ; '\"|--x=$HOME||");
  });

  it("ends stdin without ending the command", async () => {
    const stdin = Readable.from(["one\n", "two\n"]);
    expect((await outputOf("cat; echo done", { stdin })).out).toBe("one\ntwo\ndone\n");
  });

  it("gives a terminal the size it has, and each new one", async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    async function* sizes() {
      yield { columns: 80, rows: 24 };
      await first.promise;
      yield { columns: 132, rows: 50 };
      await second.promise;
    }
    let out = "";
    const stdout = new Writable({
      write(bytes: Buffer, _encoding, done) {
        out += bytes.toString();
        if (out.includes("24 80")) first.resolve();
        if (out.includes("50 132")) second.resolve();
        done();
      },
    });
    // The trap is set before the first size is printed, because the next size comes as soon as that is read.
    const script = [
      'trap "seen=1" WINCH',
      'until [ "$(stty size)" = "24 80" ]; do :; done',
      "seen=",
      "stty size",
      'until [ "$seen" ] && [ "$(stty size)" = "50 132" ]; do sleep 0.05; done',
      "stty size",
      "exit 7",
    ].join("; ");
    expect(await run(script, { stdout, tty: true, stdin: new PassThrough(), sizes: sizes() })).toEqual({ exitCode: 7 });
    expect(out).toBe("24 80\r\n50 132\r\n");
  });

  it("transfers 128 MiB in both directions completely, with little of it in flight", async () => {
    const [size, block] = [128 * 2 ** 20, Buffer.alloc(2 ** 20, "0123456789abcdef")];
    const [there, back] = [createHash("sha256"), createHash("sha256")];
    let [sent, received, underWay] = [0, 0, 0];
    async function* blocks() {
      for (; sent < size; sent += block.length) {
        there.update(block);
        yield block;
      }
    }
    const stdout = new Writable({
      write(bytes: Buffer, _encoding, done) {
        back.update(bytes);
        received += bytes.length;
        underWay = Math.max(underWay, sent - received);
        done();
      },
    });
    const stdin = Readable.from(blocks(), { objectMode: false, highWaterMark: block.length });
    expect(await run("cat", { stdin, stdout })).toEqual({ exitCode: 0 });
    expect([received, back.digest("hex")]).toEqual([size, there.digest("hex")]);
    // API server, kubelet and kernel hold some of it, more on a busy machine.
    expect(underWay).toBeLessThan(size / 2);
  });

  it("reports a command that cannot run, a missing pod, and a pod that is deleted", async () => {
    expect(await run("", { command: ["/no/such/program"] })).toMatchObject({
      error: { message: expect.stringContaining("/no/such/program") },
    });
    await expect(run("true", { pod: "nobody" })).rejects.toMatchObject({ status: 404, reason: "NotFound" });
    await expect(run("true", { container: "nobody" })).rejects.toMatchObject({ status: 400, reason: "BadRequest" });
  });

  it("ends immediately on its signal, and the command may continue", async () => {
    const aborter = new AbortController();
    const stdout = new PassThrough();
    const ended = run("echo started; sleep 600", { stdout, signal: aborter.signal }).catch((error: unknown) => error);
    stdout.once("data", () => aborter.abort(new Error("enough")));
    expect(await ended).toEqual(new Error("enough"));
  });

  it("ends when its pod is deleted", async () => {
    const stdout = new PassThrough();
    const ended = run("echo started; sleep 600", { stdout }).catch((error: unknown) => error);
    stdout.once("data", () => void client.delete(PODS, { namespace, name: "web" }, { gracePeriodSeconds: 0 }));
    const outcome = await ended;
    expect(outcome).toSatisfy(
      (end: { exitCode?: number; code?: string }) => end.exitCode === 137 || end.code === "CLUSTER_UNAVAILABLE",
    );
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { type ModelRequest } from "../kit/internet/messages/modelRequest.ts";
import { text, toolUse } from "../kit/internet/messages/turns.ts";
import { enforcePolicies } from "../kit/cluster/networkPolicy/enforce.ts";
import { ProxyInNamespace } from "./proxyInNamespace.ts";
import { agentJob, basics, manifest, RELEASE, secret, startWorld } from "./world.ts";

// What an agent could find out about tokens with its own tools, in a namespace that enforces Pod Security "restricted".
const MODEL_TOKEN = "sk-ant-oat01-lockeddown";
const GIT_TOKEN = "ghp_lockeddowntoken";
const LOOK_AROUND = `setsid sleep 0.2 > /dev/null 2>&1 & ps auxww; for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done; git remote -v; cat .git/config; id; echo "root: $(touch /x 2>&1)"; grep -i cap /proc/self/status; ls /var/run/secrets 2>&1`;

// Runs when the earlier sleep, which is an orphan by now, has ended. Waits up to 5 s.
const COUNT_ZOMBIES = `i=0; while [ $i -lt 100 ] && grep -qs '^Name:.sleep' /proc/[0-9]*/status; do i=$((i+1)); sleep 0.05 & wait; done; echo "zombies: $(grep -ls '^State:.Z' /proc/[0-9]*/status | wc -l)"`;

// What an agent behind the proxy tries: to find a credential, to push, to reach a host that is not listed, by the proxy and around it.
const ATTACK = "curl -sS -k -m 3 -o /dev/null -w 'attacker: %{http_code}\\n' https://attacker.example.com/";
const BEHIND = `env; cat /var/run/thurkube/git/code/token; echo; git push -q origin HEAD:refs/heads/behind; echo "push: $?"; ${ATTACK}; ${ATTACK} --noproxy "*"; echo "was behind"`;
let behind = "";

let seen = "";
let printed = "";
const world = await startWorld({
  messages: {
    script: (request: ModelRequest) => {
      if (request.turn === 0 && request.prompt.includes("behind the proxy"))
        return toolUse("Bash", { command: BEHIND });
      if (request.turn === 0) return toolUse("Bash", { command: LOOK_AROUND });
      const results = request.toolResults.map((result) => result.text).join("\n");
      if (results.includes("was behind")) {
        behind = results;
        return text("I tried.");
      }
      if (request.turn === 1) {
        seen = results;
        return toolUse("Bash", { command: `echo model=$CLAUDE_CODE_OAUTH_TOKEN; ${COUNT_ZOMBIES}` });
      }
      printed += results;
      if (request.turn === 2) return toolUse("Bash", { command: "cat /var/run/thurkube/git/code/token" });
      return text("I looked around.");
    },
  },
  git: { repositories: { "acme/code": { files: { "a.txt": "a" }, private: true } }, tokens: { [GIT_TOKEN]: "push" } },
});
const { cluster } = world;
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace("restricted");
  await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
  await world.apply(
    namespace,
    ...basics(MODEL_TOKEN),
    manifest("Repository", "code", { owner: "acme", name: "code", tokenSecretRef: { name: "git", key: "token" } }),
    secret("git", "token", GIT_TOKEN),
    agentJob("look", { prompt: "Look around.", repositoryRefs: ["code"], persist: true }),
  );
  await world.untilPhase(namespace, "look", "Succeeded");
});

describe("the runner's pod", () => {
  it("passes Pod Security level restricted, enforced", async () => {
    expect((await world.job(namespace, "look")).status?.phase).toBe("Succeeded");
    expect(seen).toMatch(/uid=65532/);
    expect(seen).toMatch(/root: .*Read-only file system/);
    expect(seen).toMatch(/CapEff:\s+0000000000000000/);
    expect(seen).toMatch(/ls: cannot access '\/var\/run\/secrets'|kubernetes.io: No such file/);
  });

  it("has an init that reaps what the agent leaves behind", () => {
    expect(printed).toContain("zombies: 0");
  });

  it("shows no token through ps, /proc/*/cmdline or the checkout's configuration", () => {
    expect(seen).toMatch(/clauderon-runner/);
    expect(seen).toMatch(/github\.com\/acme\/code/);
    for (const token of [MODEL_TOKEN, GIT_TOKEN]) expect(seen).not.toContain(token);
  });

  it("shows no token in its log, even when the agent prints it", async () => {
    const log = await cluster.kubectl([
      "logs",
      "--namespace",
      namespace,
      "--selector=thurkube.thurbeen.eu/agentjob=look",
      "--tail=-1",
    ]);
    // Claude Code itself keeps its OAuth token from the commands it runs; the git token it did print.
    expect(printed).toContain(GIT_TOKEN);
    expect(log).toContain("I looked around.");
    expect(log).toContain("[secret]");
    for (const token of [MODEL_TOKEN, GIT_TOKEN]) expect(log).not.toContain(token);
  });

  it("shows no token in the transcript it keeps", async () => {
    await cluster.kubectl(["apply", "--namespace", namespace, "--filename=-"], readerPod());
    await cluster.kubectl([
      "wait",
      "--namespace",
      namespace,
      "--for=jsonpath={.status.phase}=Succeeded",
      "pod/reader",
      "--timeout=60s",
    ]);
    const transcript = await cluster.kubectl(["logs", "--namespace", namespace, "reader"]);
    expect(transcript).toContain("I looked around.");
    expect(transcript).toContain("[secret]");
    for (const token of [MODEL_TOKEN, GIT_TOKEN]) expect(transcript).not.toContain(token);
  });

  it("leaves no token in the AgentJob, its objects and events", async () => {
    const all = await cluster.kubectl([
      "get",
      "aj,configmap,job,pod,events",
      "--namespace",
      namespace,
      "--output=yaml",
    ]);
    for (const token of [MODEL_TOKEN, GIT_TOKEN]) expect(all).not.toContain(token);
  });
});

describe("a run with delivery Proxy", () => {
  it("works, pushes and is refused behind the proxy of its namespace, with no token in its pod", async () => {
    const place = await cluster.namespace("behind");
    await cluster.kubectl(["label", "namespace", place, "pod-security.kubernetes.io/enforce=restricted"]);
    const proxy = await ProxyInNamespace.install(cluster, place, world.internet);
    const stop = await enforcePolicies(place);
    try {
      const [model, git] = ["sk-ant-oat01-behind-the-proxy", GIT_TOKEN];
      await world.apply(
        place,
        ...basics(model),
        manifest("AgentAuth", "claude-oauth", {
          secretRef: { name: "claude-oauth", key: "token" },
          delivery: "Proxy",
        }),
        manifest("Repository", "code", { owner: "acme", name: "code", tokenSecretRef: { name: "git", key: "token" } }),
        secret("git", "token", git),
      );
      await proxy.kubectl(["label", "secret", "claude-oauth", "git", "clauderon.dev/proxy=credential"]);
      await world.apply(place, agentJob("try", { prompt: "Work behind the proxy.", repositoryRefs: ["code"] }));
      await world.untilPhase(place, "try", "Succeeded");
      expect(behind).toMatch(/push: 0\n/);
      expect(behind.match(/attacker: 000/g)).toHaveLength(2);
      expect(behind).toMatch(/ghp_clauderon/);
      const objects = await proxy.kubectl(["get", "aj,configmap,job,pod", "--output=yaml"]);
      for (const token of [model, git]) for (const text of [behind, objects]) expect(text).not.toContain(token);
      const keys = world.internet.messages.requests.map(({ headers }) => headers["authorization"]);
      expect(keys).toContain(`Bearer ${model}`);
      expect(await world.internet.git.branches("acme/code")).toContain("behind");
      expect(world.internet.attacker.requests).toEqual([]);
      const refused = (await proxy.refused()).filter(({ session }) => session === `${place}/try`);
      const hosts = ["boundary-check.invalid", "attacker.example.com"];
      expect(refused).toMatchObject(hosts.map((host) => ({ host, reason: "HostNotListed" })));
      await world.untilReason(place, "try", { type: "BoundaryVerified", reason: "BoundaryHolds" });
      await expect.poll(async () => (await world.job(place, "try")).status?.usage?.calls ?? 0).toBeGreaterThan(1);
    } finally {
      await stop();
    }
  });
});

describe("helm uninstall", () => {
  it("revokes what a ClusterAccess granted, and leaves AgentJobs and namespaces that can be deleted", async () => {
    const granted = await cluster.namespace("granted");
    await world.apply(
      granted,
      ...basics(MODEL_TOKEN),
      manifest("ClusterAccess", "nothing", { rules: [] }),
      agentJob("yearly", { prompt: "Wait.", schedule: "@yearly", clusterAccessRef: "nothing" }),
    );
    await world.untilPhase(granted, "yearly", "Scheduled");
    const bindings = ["get", "clusterrolebindings", "--selector=thurkube.thurbeen.eu/agentjob=yearly", "--output=name"];
    expect(await cluster.kubectl(bindings)).toMatch(/^clusterrolebinding/);
    await world.helm("uninstall", RELEASE, "--namespace", world.operatorNamespace, "--wait");
    expect(await cluster.kubectl(bindings)).toBe("");
    await cluster.kubectl(["delete", "namespace", granted, "--timeout=60s"]);
    const left = "jobs,serviceaccounts,roles,rolebindings";
    const names = await cluster.kubectl(["get", left, "--namespace", world.operatorNamespace, "--output=name"]);
    expect(names).not.toContain("thurkube");
  });
});

/** A pod that prints the transcripts on the job's volume. */
function readerPod(): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "reader" },
    spec: {
      restartPolicy: "Never",
      securityContext: { runAsUser: 65532, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "reader",
          image: "localhost/base:1",
          imagePullPolicy: "Never",
          command: ["sh", "-c", "find /data/runs -name transcript.jsonl -exec cat {} +"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "look-data" } }],
    },
  });
}

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Authority, keptAuthority } from "../internet/certificates.ts";
import { ROOT, TERMINAL_AGENT } from "../programs.ts";
import { run } from "./run.ts";
import type { Cluster } from "./useCluster.ts";

const IMAGES = join(ROOT, "out/images");
const OUT = join(ROOT, "out/e2e");
const LOADED = join(OUT, "loaded");

export const OPERATOR_IMAGE = "localhost/thurkube:dev";
export const PROXY_IMAGE = "localhost/clauderon-proxy:dev";
/** The images that are loaded as they are built. */
const PLAIN = ["thurkube", "clauderon-proxy"] as const;
/** The agent's image, which trusts the test's own internet and has the agent of the terminal for sessions with `--agent=scripted`. */
export const AGENT_IMAGE = "localhost/clauderon-agent:e2e";

const TRUST = "/etc/ssl/certs/test-internet.crt";
const CONTAINERFILE = `FROM oci-archive:${IMAGES}/clauderon-agent.tar
COPY ca.crt ${TRUST}
COPY --chmod=0755 scripted-agent.mjs /usr/local/bin/scripted-agent
ENV NODE_EXTRA_CA_CERTS=${TRUST} SSL_CERT_FILE=${TRUST} GIT_SSL_CAINFO=${TRUST}
`;

/** The authority that the agent's image trusts; every test file of a checkout uses the same one, so the image stays the same. */
export function imageAuthority(): Promise<Authority> {
  return keptAuthority(join(OUT, "authority"));
}

/**
 * Brings the project's images, as they are now, into the cluster; the agent's with one more CA. What this cluster got
 * already, for an earlier test file, is not brought again.
 */
export async function loadImages(cluster: Pick<Cluster, "kubectl" | "loadImage">, ca: string): Promise<void> {
  await run(process.execPath, ["tools/images.ts", ...PLAIN, "clauderon-agent", "--test"], { cwd: ROOT });
  const wanted = await fingerprint(cluster, ca);
  if ((await readFile(LOADED, "utf8").catch(() => "")) === wanted) return;
  const archive = await buildAgentImage(ca);
  for (const name of PLAIN) await cluster.loadImage(join(IMAGES, `${name}.tar`));
  await cluster.loadImage(archive);
  await rm(archive);
  await writeFile(LOADED, wanted);
}

/** Which images in which cluster: a recreated cluster has a kube-system namespace with another uid. */
async function fingerprint(cluster: Pick<Cluster, "kubectl">, ca: string): Promise<string> {
  const uid = await cluster.kubectl(["get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}"]);
  const inputs = [...PLAIN, "clauderon-agent"].map((name) => readFile(join(IMAGES, `${name}.inputs`), "utf8"));
  const hash = createHash("sha256");
  const agent = readFile(TERMINAL_AGENT, "utf8");
  for (const part of [uid, ca, CONTAINERFILE, ...(await Promise.all([agent, ...inputs]))]) hash.update(`${part}\n`);
  return hash.digest("hex");
}

async function buildAgentImage(ca: string): Promise<string> {
  const store = join(OUT, "store");
  const buildah = ["--root", join(store, "root"), "--runroot", join(store, "run"), "--storage-driver", "overlay"];
  const archive = join(OUT, "clauderon-agent.tar");
  const env = { BUILDAH_ISOLATION: "chroot" };
  await rm(archive, { force: true });
  await mkdir(OUT, { recursive: true });
  await writeFile(join(OUT, "ca.crt"), ca);
  await copyFile(TERMINAL_AGENT, join(OUT, "scripted-agent.mjs"));
  const context = join(OUT, "Containerfile");
  await writeFile(context, CONTAINERFILE);
  await run(
    "buildah",
    [...buildah, "build", "--quiet", "--timestamp=0", `--file=${context}`, `--tag=${AGENT_IMAGE}`, OUT],
    { env },
  );
  const target = `oci-archive:${archive}:${AGENT_IMAGE}`;
  await run("buildah", [...buildah, "push", "--quiet", "--disable-compression", AGENT_IMAGE, target], { env });
  await run("buildah", [...buildah, "rmi", "--all", "--force"], { env });
  return archive;
}

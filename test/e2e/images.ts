import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster } from "../kit/cluster/index.ts";
import { baseImages } from "../kit/cluster/build/images.ts";
import { run } from "../kit/cluster/run.ts";

const ROOT = join(import.meta.dirname, "../..");
const OUT = join(ROOT, "out/e2e");

export const OPERATOR_IMAGE = "localhost/thurkube:dev";
/** The agent's image, which trusts the test's own internet. */
export const AGENT_IMAGE = "localhost/clauderon-agent:e2e";

const TRUST = "/etc/ssl/certs/test-internet.crt";
const CONTAINERFILE = `FROM oci-archive:${join(ROOT, "out/images/clauderon-agent.tar")}
COPY ca.crt ${TRUST}
ENV NODE_EXTRA_CA_CERTS=${TRUST} SSL_CERT_FILE=${TRUST} GIT_SSL_CAINFO=${TRUST}
`;

/** Builds the project's images on the kit's base and brings them into the cluster; the agent's with one more CA. */
export async function loadImages(cluster: Cluster, ca: string): Promise<void> {
  await run(process.execPath, ["tools/images.ts", "--base", `oci-archive:${join(await baseImages(), "base.tar")}`], {
    cwd: ROOT,
  });
  await mkdir(OUT, { recursive: true });
  await writeFile(join(OUT, "ca.crt"), ca);
  await writeFile(join(OUT, "Containerfile"), CONTAINERFILE);
  const archive = join(OUT, "clauderon-agent.tar");
  const env = { BUILDAH_ISOLATION: "chroot" };
  await run("buildah", ["build", "--quiet", "--timestamp=0", `--tag=${AGENT_IMAGE}`, OUT], { env });
  await run("rm", ["-f", archive]);
  await run(
    "buildah",
    ["push", "--quiet", "--disable-compression", AGENT_IMAGE, `oci-archive:${archive}:${AGENT_IMAGE}`],
    { env },
  );
  await cluster.loadImage(join(ROOT, "out/images/thurkube.tar"));
  await cluster.loadImage(archive);
}

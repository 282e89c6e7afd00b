import { LocalCluster } from "./cluster.ts";
import { ensureDebianPackages, NODE_PACKAGES } from "./build/debian.ts";
import { apiServerCommand, kubeBinary } from "./build/goBinaries.ts";
import { baseImages } from "./build/images.ts";
import { type Tool, toolPath } from "./tools.ts";

const USAGE = `usage: npm run cluster -- <command>
  build              install and build what a cluster needs, once on this machine
  up                 start the cluster, or do nothing when it is up
  down               end it and remove all it left on this machine
  load <archive…>    import OCI or docker image archives
  kubeconfig         print the path of the administrator's kubeconfig
  status             print components, node and kubeconfig; exit 1 unless up`;

async function main([command = "help", ...rest]: readonly string[]): Promise<number> {
  const cluster = new LocalCluster();
  switch (command) {
    case "build":
      return await build();
    case "up":
      return await up(cluster);
    case "down":
      await cluster.down();
      return 0;
    case "load":
      await cluster.load(rest);
      return 0;
    case "kubeconfig":
      console.log(cluster.layout.kubeconfig);
      return 0;
    case "status":
      return await status(cluster);
    default:
      console.error(USAGE);
      return 2;
  }
}

async function build(): Promise<number> {
  await ensureDebianPackages(NODE_PACKAGES);
  const tools: readonly Tool[] = ["kubectl", "helm", "helm3"];
  const binaries = [kubeBinary(), apiServerCommand("oldest").then(([program]) => program), baseImages()];
  const paths = await Promise.all([...binaries, ...tools.map((tool) => toolPath(tool))]);
  console.log(paths.join("\n"));
  return 0;
}

async function up(cluster: LocalCluster): Promise<number> {
  const start = Date.now();
  const outcome = await cluster.up();
  const words = { kept: "was up already", repaired: "was repaired", created: "is up" }[outcome];
  console.error(`The test cluster ${words} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  console.log(`export KUBECONFIG=${cluster.layout.kubeconfig}`);
  return 0;
}

async function status(cluster: LocalCluster): Promise<number> {
  const { components, apiReady, nodeReady, kubeconfig, isUp } = await cluster.status();
  for (const { name, pid } of components)
    console.log(`${name.padEnd(20)}${pid === undefined ? "not running" : `running, pid ${pid}`}`);
  console.log(`${"API server".padEnd(20)}${apiReady ? "ready" : "not ready"}`);
  console.log(`${"node".padEnd(20)}${nodeReady ? "Ready" : "not Ready"}`);
  if (isUp) console.log(`${"kubeconfig".padEnd(20)}${kubeconfig}`);
  return isUp ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? `error: ${error.message}` : error);
  process.exitCode = 1;
}

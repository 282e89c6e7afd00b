export { toolPath } from "./tools.ts";
export { type Cluster, useCluster } from "./useCluster.ts";

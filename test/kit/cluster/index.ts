export { equipCluster } from "./equipCluster.ts";
export { toolPath } from "./tools.ts";
export { type Cluster, useCluster } from "./useCluster.ts";

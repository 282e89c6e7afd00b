export type { Component } from "./components.ts";
export { type Tool, toolPath } from "./tools.ts";
export { type Cluster, useCluster } from "./useCluster.ts";

import { kubectlCacheFlag } from "./kubectl.ts";
import type { Layout } from "./layout.ts";
import type { Process } from "./processes.ts";

/** What there is on this machine that may be a cluster's. */
export interface Traces {
  readonly processes: readonly Process[];
  readonly links: readonly string[];
  /** Folders of control groups, of all hierarchies. */
  readonly controlGroups: readonly string[];
}

export interface Cleaning {
  /** Ending these ends all that run in the node, and with them its mounts, namespaces, interfaces and rules. */
  readonly processes: readonly number[];
  readonly links: readonly string[];
  /** Deepest first, as they can be removed. */
  readonly controlGroups: readonly string[];
}

/**
 * Decides what of the traces belongs to the cluster: by its own names and its state folder, never by records, which a
 * crash may have prevented or made stale.
 */
export function planCleaning(layout: Layout, traces: Traces): Cleaning {
  return {
    processes: traces.processes
      .filter((process) => holdsNode(process, layout) || isClient(process, layout))
      .map(({ pid }) => pid),
    links: traces.links.filter((link) => link === layout.link),
    controlGroups: traces.controlGroups
      .filter((folder) => folder.split("/").includes(layout.controlGroup))
      .toSorted((a, b) => b.length - a.length),
  };
}

/** True for the processes that make and hold the node's namespaces: `unshare … node.sh … <state>` and its child, in the end `pause <state>`. */
function holdsNode({ commandLine }: Process, { stateFolder }: Layout): boolean {
  if (isNodeRoot(commandLine, stateFolder)) return true;
  return commandLine.includes(stateFolder) && commandLine.some((word) => word.endsWith("/node.sh"));
}

/** True for the kit's own kubectl and ctr: one whose `up` was killed would wait for an answer for many minutes. */
function isClient({ commandLine }: Process, layout: Layout): boolean {
  return (
    commandLine.includes(kubectlCacheFlag(layout.kubeconfig)) ||
    (commandLine[0] === "ctr" && commandLine.includes(layout.containerdSocket))
  );
}

/** True for the node's first process once the node is prepared. */
export function isNodeRoot(commandLine: readonly string[], stateFolder: string): boolean {
  return commandLine.length === 2 && commandLine[0]?.endsWith("/pause") === true && commandLine[1] === stateFolder;
}

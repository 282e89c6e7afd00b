import { Fault } from "@clauderon/base";
import type { Config } from "@clauderon/config";
import { Git } from "@clauderon/git";
import type { CreateSession, SessionEgress, SessionSpec } from "@clauderon/protocol";
import { serviceFor } from "@clauderon/protocol/proxy";
import { findSandbox } from "@clauderon/sandbox";
import { languagePresets } from "../egress/model/languagePresets.ts";

export interface BoundaryInputs {
  readonly backend: SessionSpec["backend"];
  readonly accessMode: SessionSpec["accessMode"];
  readonly defaults: Pick<Config, "local" | "proxy" | "credentials">;
  /** Those of the session. */
  readonly variables: Readonly<Record<string, string>>;
  /** That of the daemon. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The sandbox and the boundary that a new session gets. SPEC_INVALID or FEATURE_DISABLED when it cannot have what was asked
 * for.
 */
export async function newBoundary(
  request: CreateSession,
  { backend, accessMode, defaults, variables, environment }: BoundaryInputs,
): Promise<{ readonly sandbox: boolean; readonly egress: AskedEgress | undefined }> {
  const wanted = request.sandbox ?? defaults.local.sandbox;
  const sandbox = backend === "local" && (wanted ?? (request.worktree !== false && (await canSandbox(environment))));
  if (sandbox) refuseCheckout(request);
  const isBounded = sandbox && !hasOtherWay(variables, environment);
  const egress = askedEgress(request, defaults, isBounded ? "enforce" : "open");
  refuseUnbound(egress, { backend, sandbox });
  if (egress === undefined) refuseReadOnly(accessMode);
  return { sandbox, egress };
}

/** The boundary that was asked for or, if the request says nothing of it, that of the configuration. */
function askedEgress(
  { egress }: CreateSession,
  { proxy, credentials }: BoundaryInputs["defaults"],
  fallback: "enforce" | "open",
): AskedEgress | undefined {
  const mode = proxy.egress ?? fallback;
  if (egress?.mode === "Open") return undefined;
  if (egress !== undefined) return { ...egress, mode: egress.mode };
  if (mode === "open") return undefined;
  return {
    mode: mode === "record" ? "Record" : "Enforce",
    allow: [...proxy.allow],
    presets: proxy.presets.filter((name) => name !== "none"),
    credentials: [...credentials.grant],
    detect: !proxy.presets.includes("none"),
  };
}

/** Whether bubblewrap works here. */
async function canSandbox(environment: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    await findSandbox(environment["PATH"] ?? "");
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault) return false;
    throw thrown;
  }
}

/** Variables by which an agent reaches its model elsewhere than at its own service. */
const OTHER_MODEL = /_BASE_URL$|^CLAUDE_CODE_USE_/;
/** Variables of a machine that reaches the internet by an HTTP proxy, which ours does not use. */
const MACHINE_PROXY = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/** Whether a boundary that nobody asked for would keep the agent from its model. */
function hasOtherWay(variables: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv): boolean {
  return (
    Object.keys(variables).some((name) => OTHER_MODEL.test(name)) ||
    MACHINE_PROXY.some((name) => (environment[name] ?? "") !== "")
  );
}

type AskedEgress = SessionEgress & { readonly detect: boolean };

/** The boundary with the registries of the repository's languages. */
export async function withDetected(
  egress: AskedEgress | undefined,
  { repository, baseCommit }: Pick<SessionSpec, "repository" | "baseCommit">,
  environment: NodeJS.ProcessEnv,
): Promise<SessionEgress | undefined> {
  if (egress === undefined) return undefined;
  const { detect, ...asked } = egress;
  if (!detect) return asked;
  const names = await Git.ofUser(repository, environment).lines(["ls-tree", "--name-only", baseCommit]);
  return { ...asked, presets: [...new Set([...asked.presets, ...languagePresets(names)])] };
}

function refuseCheckout({ worktree }: CreateSession): void {
  if (worktree !== false) return;
  throw invalid(
    "A sandboxed session cannot work in the checkout itself, where your own git would run what it writes",
    "Leave out --no-worktree, or the sandbox: --sandbox, or local.sandbox of the configuration",
  );
}

/** Without a network of its own, an agent would not be held by the proxy; with a credential of no known service, it would get none. */
function refuseUnbound(
  egress: SessionEgress | undefined,
  { backend, sandbox }: Pick<SessionSpec, "backend" | "sandbox">,
): void {
  if (egress === undefined) return;
  if (backend === "local" && !sandbox)
    throw invalid("--egress needs a sandbox: without one, an agent can go around the proxy", "Add --sandbox");
  for (const name of egress.credentials) serviceFor(name);
}

/** ReadOnly is refused without a boundary, whose proxy enforces it. */
function refuseReadOnly(accessMode: SessionSpec["accessMode"]): void {
  if (accessMode === "ReadWrite") return;
  throw new Fault("FEATURE_DISABLED", "The access mode ReadOnly needs a boundary: without one, nothing enforces it", {
    hint: "Add --egress enforce, and --sandbox for a session on this machine. Or leave out --access-mode and access_mode under [session] in config.toml; --permission-mode plan lets the agent only read",
  });
}

const invalid = (message: string, hint: string) => new Fault("SPEC_INVALID", message, { hint });

import { request } from "node:http";
import { type Clock, Fault } from "@clauderon/base";
import { PROXY_ENV } from "@clauderon/protocol/proxy";

/** A pod's way to its proxy. */
export interface PodProxy {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface GrantWait {
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Is called with a sentence when the wait begins, and again when its reason changes. */
  readonly tell: (reason: string) => void;
}

const PAUSE_MS = 500;
const ANSWER_MS = 5_000;

/**
 * The proxy by the variables of the pod; undefined for a pod without one. CONFIG_INVALID if they contradict each other:
 * an agent that was to have a proxy must not start without it.
 */
export function proxyOfPod(environment: Readonly<Record<string, string | undefined>>): PodProxy | undefined {
  const { [PROXY_ENV.url]: url, HTTPS_PROXY: proxy = "" } = environment;
  if (url === undefined) return undefined;
  if (URL.canParse(url) && URL.canParse(proxy)) {
    const { username: user, password } = new URL(proxy);
    if (user !== "" && password !== "") return { url, user, password };
  }
  throw new Fault("CONFIG_INVALID", `${PROXY_ENV.url} is set, but HTTPS_PROXY has no user name and password`, {
    hint: "Delete the pod, so that it is made again",
  });
}

/** Returns when the proxy has the pod's grant, however long that takes, or when the signal aborts. */
export async function awaitGrant(proxy: PodProxy, { clock, signal, tell }: GrantWait): Promise<void> {
  let told = "";
  while (!signal.aborted) {
    const reason = await problemOf(proxy, signal);
    if (reason === undefined || signal.aborted) return;
    if (reason !== told) tell(reason);
    told = reason;
    await clock.sleep(PAUSE_MS, signal);
  }
}

/** Why the agent cannot start yet; undefined if the proxy has the grant. */
async function problemOf({ url, user, password }: PodProxy, signal: AbortSignal): Promise<string | undefined> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  try {
    const status = await statusOf(new URL("/grant", url), authorization, signal);
    if (status === 200) return undefined;
    if (status === 401) return `Waiting for the proxy ${url}: it does not know this pod yet`;
    return `Waiting for the proxy ${url}: it answers ${status}`;
  } catch (thrown) {
    const { code = "no answer" } = thrown as NodeJS.ErrnoException;
    return `Waiting for the proxy ${url}: ${code}`;
  }
}

function statusOf(url: URL, authorization: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    // With the process's own agent, NODE_USE_ENV_PROXY would send this through the proxy.
    const asked = request(url, { agent: false, signal, headers: { "proxy-authorization": authorization } });
    asked.setTimeout(ANSWER_MS, () => asked.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })));
    asked.once("error", reject);
    asked.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.end();
  });
}

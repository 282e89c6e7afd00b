import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers the kubelet's probes: /healthz with 200 as soon as this resolves, and /readyz with 200 if `unready` returns nothing,
 * otherwise with 503 and the reason that it returns. Port 0 selects a free port.
 */
export async function serveHealth(port: number, unready: () => string | undefined): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = answerTo(request.url ?? "", unready);
    response.writeHead(answer.status, { "content-type": "text/plain" }).end(`${answer.text}\n`);
  });
  await once(server.listen(port), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerTo(url: string, unready: () => string | undefined): { status: number; text: string } {
  const path = url.split("?")[0];
  if (path === "/healthz") return { status: 200, text: "ok" };
  if (path !== "/readyz") return { status: 404, text: "not found" };
  const reason = unready();
  return reason === undefined ? { status: 200, text: "ok" } : { status: 503, text: reason };
}

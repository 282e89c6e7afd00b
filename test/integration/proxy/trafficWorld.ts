import type { RequestListener } from "node:http";
import { startUpstream, type Upstream } from "../../kit/proxy/upstream.ts";
import { ProxyWorld, type User } from "../../kit/proxy/world.ts";

export const HOST = "api.example.com";
export const SECRET = "the-real-secret-0123456789";
/** Far more than any buffer on the way. */
export const LARGE = 160 * 1024 * 1024;

/** How much of the large response its server has written. */
export const sent = { large: 0 };

/** A proxy with one principal, and a server that answers in every way that HTTP knows. */
export interface Traffic {
  readonly world: ProxyWorld;
  readonly upstream: Upstream;
  readonly user: User;
  readonly placeholder: string;
  stop(): Promise<void>;
}

const ROUTES: Readonly<Record<string, RequestListener>> = {
  "/echo": (request, response) => void request.pipe(response),
  "/count": (request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => (bytes += chunk.length));
    request.on("end", () => response.end(`${bytes} ${JSON.stringify(request.trailers)}`));
  },
  "/large": (_request, response) => {
    response.writeHead(200, { "content-length": LARGE });
    let left = LARGE;
    const more = (): void => {
      while (left > 0) {
        left -= 65_536;
        sent.large = LARGE - left;
        if (!response.write(Buffer.alloc(65_536))) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  },
  "/trailers": (_request, response) => {
    response.writeHead(200, { trailer: "x-sum" });
    response.write("body");
    response.addTrailers({ "x-sum": "42" });
    response.end();
  },
  "/expect": (request, response) => {
    response.writeContinue();
    request.pipe(response);
  },
  "/refuse-expect": (_request, response) => void response.writeHead(417).end("no"),
  "/empty": (_request, response) => void response.writeHead(204).end(),
  "/same": (_request, response) => void response.writeHead(304, { etag: '"1"' }).end(),
  "/cookies": (_request, response) => void response.writeHead(200, { "set-cookie": ["a=1", "b=2"] }).end("ok"),
  "/headers": (request, response) => void response.end(JSON.stringify(request.headers)),
  "/hints": (_request, response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload" });
    response.end("late");
  },
  "/cut": (_request, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half", () => response.destroy());
  },
  "/cut-stream": (_request, response) => {
    response.write("half", () => response.destroy());
  },
  "/events": (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    request.on("data", (chunk: Buffer) => void response.write(`data: ${String(chunk)}\n\n`));
    request.on("end", () => response.end());
  },
};

export async function startTraffic(): Promise<Traffic> {
  const world = await ProxyWorld.create();
  const upstream = await startUpstream({
    authority: world.authority,
    name: HOST,
    onRequest: (request, response) => {
      const route = ROUTES[request.url ?? ""];
      if (route === undefined) response.writeHead(404).end("no such path");
      else route(request, response);
    },
    onUpgrade: (_request, socket, head) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.write(head);
      socket.pipe(socket);
    },
  });
  const placeholderFor = world.credential(
    { name: "KEY", service: "generic", hosts: [HOST], headers: [{ name: "x-key", form: "Plain" }] },
    SECRET,
  );
  const user = world.grant("web", { allow: [{ host: HOST }], credentials: ["KEY"] });
  await world.start({ [HOST]: upstream.port });
  return {
    world,
    upstream,
    user,
    placeholder: placeholderFor(user.principal),
    async stop() {
      await world.stop();
      await upstream.stop();
    },
  };
}

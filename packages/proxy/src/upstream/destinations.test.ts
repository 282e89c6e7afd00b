import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { parseCidr } from "../model/cidr.ts";
import { AddressRefused, Destinations } from "./destinations.ts";

const MIXED = ["10.0.0.1", "93.184.216.34", "::1", "169.254.169.254"];
const LOOPBACK = [parseCidr("127.0.0.1/32")].flatMap((block) => block ?? []);

it("Destinations resolves a name once for a connection, which goes to the address that was checked", async () => {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const answers = [["127.0.0.1"], ["127.0.0.2"]];
  const destinations = new Destinations({
    detours: [],
    allowPrivate: LOOPBACK,
    resolve: async () => answers.shift() ?? [],
  });
  const { port } = server.address() as AddressInfo;
  const socket = connect(destinations.routeTo("rebind.example.com", port, "Intercept"));
  await once(socket, "connect");
  expect(socket.remoteAddress).toBe("127.0.0.1");
  socket.destroy();
  const again = connect(destinations.routeTo("rebind.example.com", port, "Intercept"));
  await expect(once(again, "connect")).rejects.toThrow(AddressRefused);
});

it("Destinations hands out no address that is not public, of several", async () => {
  const { lookup } = new Destinations({ detours: [], allowPrivate: [], resolve: async () => MIXED }).routeTo(
    "a.example.com",
    443,
    "Intercept",
  );
  const found = await new Promise((done) =>
    lookup("a.example.com", { all: true }, (_error, addresses) => done(addresses)),
  );
  expect(found).toEqual([{ address: "93.184.216.34", family: 4 }]);
});

import type { Socket } from "node:net";
import {
  type ClientControl,
  MAX_CLIENT_CONTROL_BYTES,
  MESSAGES_VERSION,
  OLDEST_MESSAGES_VERSION,
  readClientMessage,
  type UnknownMessage,
} from "@clauderon/protocol";
import { StreamConnection } from "@clauderon/stream";
import type { SessionHost } from "../sessionHost.ts";
import { answer } from "./answer.ts";
import { openChannels } from "./openChannels.ts";

/** A peer that reads nothing is dropped when this much waits for it. */
const MAX_WAITING_BYTES = 4_194_304;

/** Speaks frames with one client until either side ends the connection. */
export function serveConnection(socket: Socket, host: SessionHost): void {
  const connection = new StreamConnection<ClientControl>(socket, {
    isServer: true,
    maxControlBytes: MAX_CLIENT_CONTROL_BYTES,
    maxWaitingBytes: MAX_WAITING_BYTES,
    read: readClientMessage,
    control: (message, channel) => {
      if (message.type === "unknown") refuse(connection, channel, message);
      else if (message.type === "resize") connection.deliver(message, channel);
      else if ("id" in message) void answer(host, message).then((said) => connection.tell(said));
      else openChannels(connection, channel, message, host);
    },
    closed: () => stopListening(),
  });
  const stopListening = host.board.listen((status) => connection.tell(status));
  connection.tell({
    type: "hello",
    version: MESSAGES_VERSION,
    oldest: OLDEST_MESSAGES_VERSION,
    session: host.session.session,
    pid: process.pid,
  });
  connection.tell(host.board.status);
}

/** Refuses that one message: its request, or the channel that it would open. */
function refuse(
  connection: StreamConnection<ClientControl>,
  channel: number,
  { refusal, request }: UnknownMessage,
): void {
  if (request !== undefined) connection.tell({ type: "error", id: request, ...refusal });
  else if (channel !== 0 && !connection.has(channel)) connection.open(channel, () => ({})).close(refusal);
}

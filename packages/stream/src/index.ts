export { Channel, type ChannelListener } from "./channel.ts";
export { type FrameSink, FrameStream, type StreamEnd } from "./frameStream.ts";
export { StreamClient } from "./streamClient.ts";
export { StreamConnection } from "./streamConnection.ts";

export { type ApiServer, type ApiServerOptions, startApiServer } from "./apiServer.ts";

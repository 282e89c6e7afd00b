export { type ApiServer, startApiServer } from "./apiServer.ts";

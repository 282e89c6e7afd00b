export { type ApiServer, startApiServer } from "./apiServer.ts";
export { useApiServer } from "./useApiServer.ts";

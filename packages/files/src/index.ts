export { makeFolder, moveAside } from "./obstacle.ts";
export { openPlainFile, readPlainFile, readPlainFileEnd } from "./plainFile.ts";
export { replaceFile } from "./replaceFile.ts";

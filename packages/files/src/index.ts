export { makeFolder, moveAside } from "./obstacle.ts";
export { openPlainFile, readPlainFile, readPlainFileEnd } from "./plainFile.ts";
export { readLines } from "./readLines.ts";
export { replaceFile } from "./replaceFile.ts";

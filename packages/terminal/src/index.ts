export { DetachMatcher, parseDetachKeys, type Typed } from "./detachKeys.ts";
export { PRIVATE_MODES } from "./privateModes.ts";
export { ScreenGuard } from "./screenGuard.ts";
export { TerminalFilter } from "./terminalFilter.ts";
export { withoutSequences } from "./withoutSequences.ts";

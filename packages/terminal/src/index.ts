export { DetachMatcher, parseDetachKeys, type Typed } from "./detachKeys.ts";
export { KeyboardModes, setsKeyboard } from "./keyboardModes.ts";
export { KEYBOARD_QUERY, KeyboardReply } from "./keyboardQuery.ts";
export { PRIVATE_MODES } from "./privateModes.ts";
export { ScreenGuard } from "./screenGuard.ts";
export { TerminalFilter } from "./terminalFilter.ts";
export { withoutSequences } from "./withoutSequences.ts";

/** A control sequence (CSI) in its parts, split as ECMA-48 §5.4 and the parsers of current terminals do. */
export interface ControlSequence {
  /** The private marker before the parameters: `<`, `=`, `>`, `?` or nothing. */
  readonly marker: string;
  /**
   * The number of each parameter; 0 for an empty one. Leading zeros do not count. Of a parameter with sub-parameters
   * (`4:3`) this is the first number, which selects what a terminal does.
   */
  readonly parameters: readonly number[];
  /** Intermediates and the final byte, such as `m` or `$p`. */
  readonly action: string;
}

const CSI = "\u001b[";
const PARTS = /^([<=>?]?)([\d:;]*)([ -/]*[@-~])$/;

/**
 * Splits a complete sequence; undefined for a malformed one, such as one with a marker after a digit, which terminals
 * interpret differently.
 */
export function parseControlSequence(text: string): ControlSequence | undefined {
  const [, marker, parameters, action] = (text.startsWith(CSI) && PARTS.exec(text.slice(CSI.length))) || [];
  if (marker === undefined || parameters === undefined || action === undefined) return undefined;
  return { marker, parameters: parameters.split(";").map((parameter) => Number.parseInt(parameter, 10) || 0), action };
}

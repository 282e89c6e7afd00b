/** A control sequence (CSI) in its parts, as ECMA-48 §5.4 and the parsers of current terminals take it apart. */
export interface ControlSequence {
  /** The private marker before the parameters: `<`, `=`, `>`, `?` or nothing. */
  readonly marker: string;
  /**
   * Each parameter's number; 0 stands for one that is empty. Leading zeros do not count, and of a parameter with
   * sub-parameters (`4:3`) this is the first number: terminals select what they do by it.
   */
  readonly parameters: readonly number[];
  /** Intermediates and the final byte, such as `m` or `$p`. */
  readonly action: string;
}

const CSI = "\u001b[";
const PARTS = /^([<=>?]?)([\d:;]*)([ -/]*[@-~])$/;

/**
 * Takes a complete sequence apart; undefined for one that is not well formed, such as a marker after a digit, on which
 * terminals differ.
 */
export function parseControlSequence(text: string): ControlSequence | undefined {
  const [, marker, parameters, action] = (text.startsWith(CSI) && PARTS.exec(text.slice(CSI.length))) || [];
  if (marker === undefined || parameters === undefined || action === undefined) return undefined;
  return { marker, parameters: parameters.split(";").map((parameter) => Number.parseInt(parameter, 10) || 0), action };
}

import { z } from "zod";
import { celText, type Rule, withRules } from "./rule.ts";

/** One field of a schedule: its name and its allowed values. */
interface CronField {
  readonly name: string;
  readonly value: string;
  readonly allowed: string;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: readonly CronField[] = [
  { name: "minute", value: "0*[1-5]?[0-9]", allowed: "0-59" },
  { name: "hour", value: "0*(1?[0-9]|2[0-3])", allowed: "0-23" },
  { name: "day of month", value: "0*([1-9]|[12][0-9]|3[01])", allowed: "1-31" },
  { name: "month", value: `(0*([1-9]|1[0-2])|${anyCase(MONTHS)})`, allowed: "1-12 or JAN-DEC" },
  { name: "day of week", value: `(0*[0-6]|${anyCase(WEEKDAYS)})`, allowed: "0-6 or SUN-SAT" },
];

const DURATION = "([0-9]+([.][0-9]+)?(ns|us|ms|s|m|h))+";
const MACRO = `^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every ${DURATION})$`;

const GAP = "[ \t]+";
const WORD = "[^ \t]+";
const FIVE_FIELDS = `^[ \t]*${WORD}(${GAP}${WORD}){4}[ \t]*$`;
const hasFiveFields = `self.matches(${celText(FIVE_FIELDS)})`;

/**
 * A schedule that a Kubernetes CronJob accepts: the grammar of robfig/cron's ParseStandard (five fields or a macro), without
 * a time zone, which CronJob's validation rejects.
 */
export const cronSchedule = withRules(z.string().max(256), [
  { rule: "!self.contains('TZ')", message: "must not contain a time zone; use spec.timezone" },
  {
    rule: `self.contains('TZ') || self.startsWith('@') || ${hasFiveFields}`,
    message:
      "must be five fields (minute, hour, day of month, month, day of week) such as '0 */6 * * *', or a macro such as @daily; there is no field for seconds",
  },
  {
    rule: `!self.startsWith('@') || self.matches(${celText(MACRO)})`,
    message:
      "must be one of the macros @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, or @every with a duration such as '@every 90m'",
  },
  ...FIELDS.map(fieldRule),
  {
    rule: `!${hasFiveFields} || self.findAll('[0-9]{1,4}-[0-9]{1,4}').all(r, int(r.split('-')[0]) <= int(r.split('-')[1]))`,
    message: "must not contain a range that ends before it begins",
  },
]);

function fieldRule(field: CronField, index: number): Rule {
  const range = `([*?]|${field.value}(-${field.value})?)(/0*[1-9][0-9]*)?`;
  const before = `^[ \t]*(${WORD}${GAP}){${index}}`;
  const after = `(${GAP}${WORD}){${FIELDS.length - 1 - index}}[ \t]*$`;
  const pattern = `${before}${range}(,${range})*${after}`;
  return {
    rule: `self.contains('TZ') || !${hasFiveFields} || self.matches(${celText(pattern)})`,
    message: `${field.name} (field ${index + 1}) must be * or a list of values, ranges and steps within ${field.allowed}`,
  };
}

function anyCase(names: readonly string[]): string {
  return names.map((name) => name.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`)).join("|");
}

/** The shape of an IANA time zone. Only the CronJob controller knows whether the time zone exists. */
export const timeZone = withRules(z.string().max(64), [
  {
    rule: "self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2}$') && !self.matches('^[Ll][Oo][Cc][Aa][Ll]$')",
    message: "must be the name of an IANA time zone such as 'Europe/Paris' or 'Etc/UTC'",
  },
]);

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const local = new Intl.DateTimeFormat("en-GB", { ...DAY, ...CLOCK });
const utc = new Intl.DateTimeFormat("en-GB", { ...DAY, ...CLOCK, timeZone: "UTC" });
const utcClock = new Intl.DateTimeFormat("en-GB", { ...CLOCK, timeZone: "UTC" });
const utcDay = new Intl.DateTimeFormat("en-GB", { ...DAY, timeZone: "UTC" });
const localClock = new Intl.DateTimeFormat("en-GB", CLOCK);

/** The viewer's time of a moment. */
export const localTime = (at: string): string => local.format(new Date(at));

/** The hour and minute of the viewer's. */
export const localClockTime = (at: Date): string => localClock.format(at);

/** The same moment in UTC; of the same day as the viewer's the clock alone. Empty where the two are the same. */
export function utcTime(at: string): string {
  const moment = new Date(at);
  if (local.format(moment) === utc.format(moment)) return "";
  const sameDay = local.format(moment).split(",")[0] === utc.format(moment).split(",")[0];
  return `${(sameDay ? utcClock : utc).format(moment)} UTC`;
}

/** A calendar day, which has no time zone: "3 Dec 2026". */
export const day = (date: string): string => utcDay.format(new Date(`${date}T00:00:00Z`));

/** Days before today, in UTC, as the API takes them. */
export const daysAgo = (days: number, now: Date): string => new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10);

/** "3 days", "4 hours", "2 minutes": the largest unit that counts. */
export function duration(seconds: number): string {
  for (const [unit, size] of [["day", 86_400], ["hour", 3600], ["minute", 60]] as const) {
    const count = Math.round(seconds / size);
    if (count >= 1 && seconds >= size) return `${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return `${Math.round(seconds)} second${Math.round(seconds) === 1 ? "" : "s"}`;
}

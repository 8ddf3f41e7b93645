// Spans and instants in words. "Now" is the service's: under the time machine it runs ahead of this machine's clock.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function counted(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

// Rounded down to the largest unit that still says something: "59 days", "20 hours", "3 minutes".
export function span(seconds: number): string {
  const positive = Math.max(0, Math.floor(seconds));
  if (positive >= 2 * DAY) return counted(Math.floor(positive / DAY), 'day');
  if (positive >= HOUR) return counted(Math.floor(positive / HOUR), 'hour');
  if (positive >= MINUTE) return counted(Math.floor(positive / MINUTE), 'minute');
  return 'less than a minute';
}

export function secondsBetween(from: number, to: string): number {
  return (Date.parse(to) - from) / 1000;
}

export function relative(instant: string, now: number): string {
  const seconds = secondsBetween(now, instant);
  if (Math.abs(seconds) < MINUTE) return 'just now';
  return seconds > 0 ? `in ${span(seconds)}` : `${span(-seconds)} ago`;
}


export function dateTime(instant: string | number): string {
  return new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

// For what follows closely one on the other.
export function dateTimeSeconds(instant: string | number): string {
  return new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

export function date(instant: string | number): string {
  return new Date(instant).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

// The share of a token's life that is left, 0 to 1; null where it has no end or none is known.
export function lifeLeft(issued: string, expires: string | null, now: number): number | null {
  if (!expires) return null;
  const whole = Date.parse(expires) - Date.parse(issued);
  if (!(whole > 0)) return 0;
  return Math.min(1, Math.max(0, (Date.parse(expires) - now) / whole));
}

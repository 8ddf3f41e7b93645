// Wall clocks of time zones, by the browser's own data. The service decides what a wall time means; this is for showing.

import { serverNow } from './live';

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function allZones(): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return known.includes('UTC') ? known : ['UTC', ...known];
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US-u-hc-h23', {
      timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
      calendar: 'iso8601', numberingSystem: 'latn',
    });
    formats.set(zone, format);
  }
  return format;
}

// "2026-12-24T18:00:00": what a wall clock in the zone shows at that instant.
export function wallTime(instant: number, zone: string): string {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = value;
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}:${parts['second']}`;
}

// The instant at which a clock in the zone shows `wall` ("2026-12-24T18:00"); NaN for what is no time. Of a time that a
// zone skips or has twice, one near it: for "in 3 days" that is enough.
export function instantOf(wall: string, zone: string): number {
  const asUtc = Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`);
  if (Number.isNaN(asUtc)) return NaN;
  let instant = asUtc;
  for (let i = 0; i < 2; ++i) instant += asUtc - Date.parse(`${wallTime(instant, zone)}Z`);
  return instant;
}

// The wall time in the post's zone, where it is another than the viewer's.
export function elsewhere(at: string, zone: string | null): string | null {
  if (!zone || !isZone(zone)) return null;
  const instant = Date.parse(at);
  if (Number.isNaN(instant) || wallTime(instant, zone) === wallTime(instant, browserZone())) return null;
  return new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone });
}

// "2026-12-24" of an instant, where the viewer is.
export function dayOf(instant: number | string): string {
  return wallTime(typeof instant === 'string' ? Date.parse(instant) : instant, browserZone()).slice(0, 10);
}

export function today(): string {
  return dayOf(serverNow());
}

// --- days and months as texts, reckoned in UTC so that no clock change gets between ---

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}

// The same day of another month, or that month's last.
export function addMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))).toISOString().slice(0, 10);
}

// 0 is Sunday, as in JavaScript.
export function firstWeekday(): number {
  try {
    const locale = new Intl.Locale(navigator.language) as Intl.Locale & {
      getWeekInfo?: () => { firstDay: number };
      weekInfo?: { firstDay: number };
    };
    const first = (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay;
    return first === undefined ? 1 : first % 7;
  } catch {
    return 1;
  }
}

// The weeks that a month touches, each of seven days.
export function weeksOf(month: string, first: number): string[][] {
  const start = `${month}-01`;
  const weekday = new Date(`${start}T00:00:00Z`).getUTCDay();
  let day = addDays(start, -((weekday - first + 7) % 7));
  const weeks: string[][] = [];
  do {
    const week = Array.from({ length: 7 }, (_, index) => addDays(day, index));
    weeks.push(week);
    day = addDays(day, 7);
  } while (day.slice(0, 7) === month);
  return weeks;
}

const named = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });

/** Today so far and the seven days before it, in UTC, as choices. */
export function days(now: Date): { value: string; label: string }[] {
  return Array.from({ length: 8 }, (_, back) => {
    const day = new Date(now.getTime() - back * 86_400_000);
    return {
      value: day.toISOString().slice(0, 10),
      label: back === 0 ? 'Today so far' : back === 1 ? 'Yesterday' : named.format(day),
    };
  });
}

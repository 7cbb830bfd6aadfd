/** The time zone of whoever looks, and all that there are. */
export const HERE = new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export const ZONES = [...new Set(['UTC', HERE, ...Intl.supportedValuesOf('timeZone')])];

/** How a test's window is: wide enough for tables, as long as it does not say otherwise. */
export const view = { isWide: true };

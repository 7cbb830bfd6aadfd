export const sum = <T>(items: readonly T[], amount: (item: T) => number) =>
  items.reduce((total, each) => total + amount(each), 0);

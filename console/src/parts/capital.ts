/** As a sentence or a title begins. */
export const capital = (words: string) => words[0]!.toUpperCase() + words.slice(1);

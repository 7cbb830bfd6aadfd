/** What differs between stages: read at start, so that one build serves all of them. */
export interface Config {
  /** The provider at which people sign in, such as `https://api.example.com/sign-in/v1`. */
  issuer: string;
  clientId: string;
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch('/config.json', { cache: 'no-cache' });
  if (!answer.ok)
    throw new Error(`the console's configuration could not be read (${answer.status}); reload the page in a moment`);
  return (await answer.json()) as Config;
}

import type { components } from './schema';

type Body = components['schemas']['Error'];

/** A refusal of the API, or a request that never arrived, in words for people. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly requestId: string,
    readonly fieldErrors: { field: string; message: string }[] = [],
  ) {
    super(message);
    this.name = 'Failure';
  }

  /** What is wrong with one field of a form; fields of lists are named as in `workerQueues.0.name`. */
  field(name: string): string | undefined {
    return this.fieldErrors.find(each => each.field === name)?.message;
  }

  /** Whether it is worth asking again without the person doing anything. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }

  static async of(answer: Response): Promise<Failure> {
    const id = answer.headers.get('x-request-id') ?? answer.headers.get('apigw-requestid') ?? '';
    const body = (await answer.json().catch(() => ({}))) as Partial<Body>;
    const words = body.message ?? `the API answered ${answer.status} without saying why`;
    return new Failure(words, answer.status, body.code ?? '', body.requestId ?? id, body.fieldErrors ?? []);
  }

  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    const words = thrown instanceof TypeError ? 'the API cannot be reached; look at your network and try again' : said;
    return new Failure(words, 0, 'UNREACHABLE', '');
  }
}

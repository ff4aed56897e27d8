import createClient from 'openapi-fetch';
import type { components, paths } from '../../generated/api';
import { session, signedOut } from '../session';

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];
export type Permission = Schemas['Permission'];

export const api = createClient<paths>({ baseUrl: '/console/api', credentials: 'same-origin' });

api.use({
  onRequest({ request }) {
    if (request.method === 'POST') {
      request.headers.set('Content-Type', 'application/json');
      if (session.csrf !== undefined) {
        request.headers.set('X-Csrf-Token', session.csrf);
      }
    }
    return request;
  },
});

/** A refusal, or that the server did not answer. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }

  /** What is wrong with a field, in a word; undefined when nothing is. */
  faultOf(field: string): Schemas['FieldFault'] | undefined {
    return this.problem.fields.find((fault) => fault.field === field);
  }
}

interface Reply<T> {
  data?: T;
  error?: Problem;
}

type Confirm = () => Promise<boolean>;

let confirm: Confirm = () => Promise.resolve(false);

/** How password and code are asked for again; the shell says how. */
export function confirmBy(how: Confirm): void {
  confirm = how;
}

/** What a call answers; a refusal is thrown. Where a confirmation is needed it is asked for once. */
export async function answer<T>(call: () => Promise<Reply<T>>): Promise<T> {
  let reply = await attempt(call);
  if (reply.error?.error === 'confirmation-needed' && (await confirm())) {
    reply = await attempt(call);
  }
  if (reply.error !== undefined) {
    if (reply.error.error === 'signed-out') {
      signedOut();
    }
    throw new ProblemError(reply.error);
  }
  return reply.data as T;
}

async function attempt<T>(call: () => Promise<Reply<T>>): Promise<Reply<T>> {
  try {
    return await call();
  } catch {
    return { error: { error: 'unavailable', message: 'no answer', fields: [], request: '' } };
  }
}

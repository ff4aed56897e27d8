import { reactive } from 'vue';
import { answer, api, type Permission, type Schemas } from './api/client';

interface Session {
  state: Schemas['State'] | undefined;
  csrf: string | undefined;
  me: Schemas['Me'] | undefined;
  policy: Schemas['Policy'] | undefined;
  /** The app the pages are about; 0 for none. */
  app: number;
}

export const session = reactive<Session>({
  state: undefined,
  csrf: undefined,
  me: undefined,
  policy: undefined,
  app: 0,
});

/** Takes over what the server says of who is signed in. */
export function adopt(state: Schemas['SessionState']): void {
  session.state = state.state;
  session.csrf = state.csrf;
  session.me = state.me;
  session.policy = state.policy;
}

/** Asks the server who is signed in. */
export async function loadSession(): Promise<void> {
  adopt(await answer(() => api.GET('/session')));
}

/** The session is over. */
export function signedOut(): void {
  session.state = 'signed-out';
  session.csrf = undefined;
  session.me = undefined;
}

/** Whether that is allowed for an app; 0 asks for the installation. What is not is not shown. */
export function allows(permission: Permission, app: number): boolean {
  const rights = session.me?.rights ?? [];
  return rights.some(
    (each) => (each.app === 0 || each.app === app) && each.permissions.includes(permission),
  );
}

/** Whether that is allowed for any app at all. */
export function allowsSomewhere(permission: Permission): boolean {
  return (session.me?.rights ?? []).some((each) => each.permissions.includes(permission));
}

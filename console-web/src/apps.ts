import { ref } from 'vue';
import { answer, api, type Schemas } from './api/client';
import { session } from './session';

const KEY = 'palisade.app';

/** The apps who is signed in may see. */
export const apps = ref<Schemas['ListedApp'][]>([]);

/** Asks for them anew, and stays with the app chosen last where it is still there. */
export async function loadApps(): Promise<void> {
  apps.value = (await answer(() => api.GET('/apps'))).apps;
  const last = session.app === 0 ? Number(localStorage.getItem(KEY)) : session.app;
  choose(apps.value.find((each) => each.app === last)?.app ?? apps.value[0]?.app ?? 0);
}

/** Takes another app as the one the pages are about. */
export function choose(app: number): void {
  session.app = app;
  localStorage.setItem(KEY, String(app));
}

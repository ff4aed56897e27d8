interface Surroundings {
  navigator?: { product?: string };
  process?: { platform?: string; versions?: { node?: string } };
  sessionStorage?: { getItem(key: string): string | null; setItem(key: string, value: string): void };
}

const here = globalThis as unknown as Surroundings;

const SYSTEMS: Record<string, string> = { linux: 'linux', darwin: 'mac', win32: 'windows' };

/** Where this runs, in the words of the protocol. */
export const platform = (): string => {
  if (here.navigator?.product === 'ReactNative') {
    return 'android';
  }
  const isNode = here.process?.versions?.node !== undefined;
  return isNode ? (SYSTEMS[here.process?.platform ?? ''] ?? 'linux') : 'web';
};

/** A name for this tab, app or process: two of one name would replace each other. */
export const deviceID = (): string => {
  const fresh = `js-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
  try {
    const kept = here.sessionStorage?.getItem('palisade.device');
    if (kept) {
      return kept;
    }
    here.sessionStorage?.setItem('palisade.device', fresh);
  } catch {
    // Storage may be forbidden.
  }
  return fresh;
};

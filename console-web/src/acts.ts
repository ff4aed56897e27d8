import { ElMessageBox } from 'element-plus/es/components/message-box/index.mjs';
import 'element-plus/es/components/message-box/style/css';
import { i18n } from './i18n';
import { done, report } from './problems';

/** Does something and says so, or says why not; resolves to whether it was done. */
export async function act(work: () => Promise<unknown>, key?: string): Promise<boolean> {
  try {
    await work();
    if (key !== undefined) {
      done(key);
    }
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

/** Asks before something that cannot easily be undone; `go` is the key of what the button says. */
export async function sure(go: string, text: string, named: Record<string, unknown> = {}): Promise<boolean> {
  const { t } = i18n.global;
  try {
    await ElMessageBox.confirm(t(text, named), t(go), {
      confirmButtonText: t(go),
      cancelButtonText: t('action.cancel'),
      type: 'warning',
    });
    return true;
  } catch {
    return false;
  }
}

const REASON = { least: 5, most: 200 };

/** Asks why something must be read; undefined when the reader thinks better of it. */
export async function askReason(): Promise<string | undefined> {
  const { t } = i18n.global;
  try {
    const { value } = await ElMessageBox.prompt(t('reason.text'), t('reason.title'), {
      confirmButtonText: t('reason.go'),
      cancelButtonText: t('action.cancel'),
      inputValidator: (given) => isReason(given) || t('reason.bounds', REASON),
    });
    return value;
  } catch {
    return undefined;
  }
}

/** Whether that says enough. */
export function isReason(text: string | null): boolean {
  const size = (text ?? '').trim().length;
  return size >= REASON.least && size <= REASON.most;
}

/** UserIDs, a line each. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

import { ElMessage } from 'element-plus/es/components/message/index.mjs';
import 'element-plus/es/components/message/style/css';
import { ProblemError } from './api/client';
import { i18n } from './i18n';

/** What went wrong, in the reader's language. */
export function wordsOf(error: unknown): string {
  const { t } = i18n.global;
  if (!(error instanceof ProblemError)) {
    return t('problem.unavailable');
  }
  const { problem } = error;
  const text = t(`problem.${problem.error}`, { seconds: problem.retryAfter ?? 0 });
  if (problem.error === 'refused') {
    return `${text} ${problem.message} (${problem.code ?? 0})`;
  }
  if (problem.error === 'conflict') {
    return `${text} ${problem.message}`;
  }
  if (problem.error === 'invalid') {
    const fields = problem.fields.map((each) => `${each.field}: ${t(`fault.${each.fault}`)} ${each.detail}`.trim());
    return `${text} ${fields.join('; ')}`;
  }
  return text;
}

/** Shows what went wrong. */
export function report(error: unknown): void {
  ElMessage({ type: 'error', message: wordsOf(error), duration: 6000, showClose: true });
}

/** Says that something was done. */
export function done(key: string): void {
  ElMessage({ type: 'success', message: i18n.global.t(key) });
}

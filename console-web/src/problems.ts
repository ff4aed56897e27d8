import { ElMessage } from 'element-plus/es/components/message/index.mjs';
import 'element-plus/es/components/message/style/css';
import { ProblemError, type Problem, type Schemas } from './api/client';
import { i18n } from './i18n';

/** Bounds say the same in every language; of longer details the server has English words only. */
const BOUND = /^[0-9–-]+$/;

/** What went wrong, in the reader's language. */
export function wordsOf(error: unknown): string {
  const { t } = i18n.global;
  if (!(error instanceof ProblemError)) {
    return t('problem.unavailable');
  }
  const { problem } = error;
  if (problem.reason !== undefined) {
    return t(`why.${problem.reason}`);
  }
  const text = t(`problem.${problem.error}`, { seconds: problem.retryAfter ?? 0 });
  if (problem.error === 'refused') {
    return `${text} ${ruleOf(problem)} (${problem.code ?? 0})`;
  }
  if (problem.error === 'invalid') {
    return `${text} ${problem.fields.map(faultOf).join('; ')}`;
  }
  return text;
}

/** What rule refused; in English the server knows more of the case than a table does. */
function ruleOf(problem: Problem): string {
  const { t, te, locale } = i18n.global;
  const key = `code.${problem.code ?? 0}`;
  return te(key, locale.value) ? t(key) : problem.message;
}

function faultOf(fault: Schemas['FieldFault']): string {
  const { t, te } = i18n.global;
  const [first = '', ...rest] = fault.field.split('.');
  const name = first.replace(/\[\d+\]$/, '');
  // Of a setting its key says which; the key stands beside its field.
  const field = rest.length > 0 ? rest.join('.') : te(`named.${name}`, 'en') ? t(`named.${name}`) : name;
  const what = fault.reason === undefined ? t(`fault.${fault.fault}`) : t(`why.${fault.reason}`);
  const detail =
    fault.reason !== undefined && fault.detail !== '' && !BOUND.test(fault.detail)
      ? `(${fault.detail})`
      : BOUND.test(fault.detail)
        ? fault.detail
        : '';
  return `${field}: ${what} ${detail}`.trim();
}

/** Shows what went wrong. */
export function report(error: unknown): void {
  ElMessage({ type: 'error', message: wordsOf(error), duration: 6000, showClose: true });
}

/** Says that something was done. */
export function done(key: string): void {
  ElMessage({ type: 'success', message: i18n.global.t(key) });
}

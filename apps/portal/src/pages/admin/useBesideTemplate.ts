import type { BesideTemplate } from '../../house/admin.ts';
import { useWords } from '../../words/words.ts';

/** How a rule stands to a template, as a sentence: the same, or so many lines differ. */
export function useBesideTemplate(): (template: BesideTemplate) => string {
  const t = useWords('admin');
  return ({ specialty, lines }) => {
    const template = specialty === null ? t('doctor.templateGeneral') : t('doctor.templateOf', { specialty });
    return lines === 0 ? t('doctor.sameTemplate', { template }) : t('doctor.besideTemplate', { count: lines, template });
  };
}

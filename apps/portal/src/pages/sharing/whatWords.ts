/**
 * What is shared, in words for the middle of a sentence.
 *
 * @module
 */
import type { Kind } from '@carelet/care/model';
import type { PrivateGroup, SharedWhat } from '../../house/sharing.ts';
import { type Format, useFormat } from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import { told } from './what.ts';

export type WhatWords = {
  /** `readings, blood tests and heart traces` */
  kinds(kinds: readonly Kind[]): string;
  /** `mental health and sexual health` */
  sensitive(groups: readonly PrivateGroup[]): string;
  /** All of it but until when: `readings, also of mental health, from 3 March 2026 on`. */
  what(what: Pick<SharedWhat, 'kinds' | 'sensitive' | 'from'>): string;
};

export function whatWordsFor(t: Words, format: Pick<Format, 'list' | 'born'>): WhatWords {
  const kinds = (some: readonly Kind[]) => {
    const { all, groups, kinds: single } = told(some);
    if (all) return t('everything');
    return format.list([...groups.map((group) => t(`group.${group}`)), ...single.map((kind) => t(`kind.${kind}`))]);
  };
  const sensitive = (groups: readonly PrivateGroup[]) => format.list(groups.map((group) => t(`sensitive.${group}`)));
  return {
    kinds,
    sensitive,
    what({ kinds: some, sensitive: groups, from }) {
      const plain = kinds(some);
      const what = groups.length === 0 ? plain : t('also', { what: plain, groups: sensitive(groups) });
      return from === 'beginning' ? what : t('since', { what, date: format.born(from) });
    },
  };
}

export const useWhatWords = (): WhatWords => whatWordsFor(useWords('sharing'), useFormat());

/** A word from the middle of a sentence, at the beginning of a line. */
export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** A doctor's specialty as people say it; one nobody foresaw, as it was registered. */
export const useSpecialty = (): ((specialty: string) => string) => {
  const t = useWords('sharing');
  return (specialty) => {
    const plain = specialty.trim().toLowerCase().replaceAll(/\s+/g, '-');
    return /^[a-z-]+$/.test(plain) ? t(`specialty.${plain}`, { defaultValue: capital(specialty.replaceAll('-', ' ')) }) : specialty;
  };
};

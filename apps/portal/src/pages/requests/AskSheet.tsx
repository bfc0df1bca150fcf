import { Checkbox, SegmentedControl, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { HouseFailure } from '../../house/errors.ts';
import { house } from '../../house/front.ts';
import type { Overview } from '../../house/patients.ts';
import type { SensitiveGroup } from '../../house/sharing.ts';
import { ask } from '../../queries.ts';
import { useSomeone } from '../../shell/session.tsx';
import { FormSheet } from '../../ui/FormSheet.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';
import { lastDayOf } from '../sharing/draft.ts';
import { groups, iconOfGroup, kindsIn, sensitiveGroups } from '../sharing/what.ts';
import { capital, useWhatWords } from '../sharing/whatWords.ts';
import classes from './Requests.module.css';
import { useWishWords } from './useWishWords.ts';

/** The most characters of a reason, as the rules of sharing count them. */
const longestWhy = 500;

/** A box stands on the line of its words. */
const flat = { inner: { marginBlockStart: 0 } };

const lengths = ['week', 'month', 'quarter'] as const;

/** Asking a patient: which kinds of those that are locked, why, until when; and what she will read. */
export function AskSheet({ overview, first, close }: { overview: Overview; first: readonly string[]; close: () => void }) {
  const t = useWords('requests');
  const s = useWords('sharing');
  const words = useWhatWords();
  const wishWords = useWishWords();
  const me = useSomeone();
  const say = useToast();
  const queries = useQueryClient();
  const box = useId();
  const name = overview.identity.name ?? t('patient');

  const lockedIn = (group: (typeof groups)[number]) => kindsIn[group].filter((kind) => overview.withheld.includes(kind));
  const choices = groups.filter((group) => lockedIn(group).length > 0);
  const [chosen, setChosen] = useState<readonly string[]>(() => {
    const named = choices.filter((group) => lockedIn(group).some((kind) => first.includes(kind)));
    return named.length === 1 ? named : [];
  });
  const [sensitive, setSensitive] = useState<readonly SensitiveGroup[]>([]);
  const [length, setLength] = useState<(typeof lengths)[number]>('month');
  const [why, setWhy] = useState('');
  const [tried, setTried] = useState(false);

  const kinds = choices.filter((group) => chosen.includes(group)).flatMap(lockedIn);
  const wish = { kinds, sensitive, until: lastDayOf(length, Date.now()), why: why.replaceAll('\t', ' ').trim() };
  const faults = { kinds: kinds.length === 0, why: wish.why === '' };
  const send = useMutation({
    mutationFn: () => house.askFor(overview.id, wish),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ask.asked(overview.id).queryKey });
      say({ text: t('form.sent', { name }) });
      close();
    },
  });
  const submit = () => {
    setTried(true);
    if (!faults.kinds && !faults.why) send.mutate();
  };

  const kind = send.error instanceof HouseFailure && isKnown(send.error.kind) ? send.error.kind : 'other';
  const failure = send.isError ? t(`failed.${kind}`, { name }) : null;

  return (
    <FormSheet
      title={t('form.title', { name })}
      words={{ close: t('form.close'), cancel: t('form.cancel'), send: t('form.send') }}
      working={send.isPending}
      failure={failure}
      submit={submit}
      close={close}
    >
      <Checkbox.Group label={t('form.what')} value={[...chosen]} onChange={setChosen} error={tried && faults.kinds && t('form.noKinds')}>
        <div className={classes.kinds}>
          {choices.map((group) => (
            <label key={group} htmlFor={box + group} className={classes.kind}>
              <Icon name={iconOfGroup[group]} size={20} />
              <span>{capital(words.kinds(lockedIn(group)))}</span>
              <Checkbox id={box + group} value={group} aria-label={capital(words.kinds(lockedIn(group)))} styles={flat} />
            </label>
          ))}
        </div>
      </Checkbox.Group>
      <details className={classes.private}>
        <summary>{t('form.private')}</summary>
        <p className="meta">{t('form.privateText')}</p>
        <Checkbox.Group
          aria-label={t('form.private')}
          value={[...sensitive]}
          onChange={(some) => setSensitive(sensitiveGroups.filter((group) => some.includes(group)))}
        >
          <div className={classes.kinds}>
            {sensitiveGroups.map((group) => (
              <label key={group} htmlFor={box + group} className={classes.kind} data-plain>
                <span>{capital(s(`sensitive.${group}`))}</span>
                <Checkbox id={box + group} value={group} aria-label={capital(s(`sensitive.${group}`))} styles={flat} />
              </label>
            ))}
          </div>
        </Checkbox.Group>
      </details>
      <Textarea
        label={t('form.why')}
        description={t('form.whyText', { name })}
        autosize={false}
        rows={3}
        maxLength={longestWhy}
        value={why}
        onChange={({ currentTarget }) => setWhy(currentTarget.value)}
        error={tried && faults.why && t('form.noWhy')}
      />
      <div>
        <h3 id={`${box}until`}>{t('form.until')}</h3>
        <SegmentedControl
          fullWidth
          aria-labelledby={`${box}until`}
          data={lengths.map((one) => ({ value: one, label: s(`until.${one}`) }))}
          value={length}
          onChange={(one) => setLength(one as typeof length)}
        />
      </div>
      {!faults.kinds && (
        <div className={classes.preview}>
          <p>{t('form.reads', { name })}</p>
          <p>{t('asks', { name: me.title, ...wishWords(wish) })}</p>
          {wish.why !== '' && (
            <blockquote className={classes.why}>
              <bdi>{wish.why}</bdi>
            </blockquote>
          )}
        </div>
      )}
      <p className="soft">{t('form.then')}</p>
    </FormSheet>
  );
}

const isKnown = (kind: string): boolean => ['unavailable', 'missing', 'conflict', 'denied', 'tampered', 'invalid'].includes(kind);

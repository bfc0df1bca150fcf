/**
 * Opening a keyring: whose, with which passphrase, and a kind word when it does not open.
 *
 * The passphrase goes to the worker and nowhere else; it is not kept in the page's state once it opened.
 *
 * @module
 */
import { Button, PasswordInput, Switch } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { HouseFailure, house } from '../../house/front.ts';
import type { RestingKeyring, Someone } from '../../house/house.ts';
import { ask } from '../../queries.ts';
import { useSession } from '../../shell/session.tsx';
import { type DemoPerson, demoKeyring } from '../../shell/town.ts';
import { FilePick } from '../../ui/FilePick.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Banner } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import classes from './Door.module.css';

/** Written in the README: it protects a demonstration. */
const demoPassphrase = 'lantern steps';

/** Which keyring is to be opened. */
type Chosen =
  | { readonly kind: 'demo'; readonly slug: string }
  | { readonly kind: 'resting'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string; readonly locked: Uint8Array };

type Trouble = 'wrong' | 'noKeyring' | 'noDoor' | 'missing' | 'empty' | { readonly because: string };

const chosenLocked = (chosen: Chosen): Promise<Uint8Array | string> | Uint8Array | string => {
  switch (chosen.kind) {
    case 'demo':
      return demoKeyring(chosen.slug);
    case 'resting':
      return chosen.name;
    case 'file':
      return chosen.locked;
  }
};

const troubleOf = (thrown: unknown): Trouble => {
  if (!(thrown instanceof HouseFailure)) return { because: '' };
  if (thrown.kind === 'cannot-open') return 'wrong';
  if (thrown.kind === 'invalid') return 'noKeyring';
  if (thrown.kind === 'denied') return 'noDoor';
  return { because: thrown.message };
};

/** The form. `person` is somebody of the demo town, `name` a keyring that rests here; without either one chooses. */
export function Unlock({
  person,
  name,
  onOpen,
}: {
  person?: DemoPerson | undefined;
  name?: string | undefined;
  onOpen(who: Someone): void;
}) {
  const t = useWords('door');
  const { begin, last } = useSession();
  const queries = useQueryClient();
  const resting = useQuery({ ...ask.resting(), enabled: !person });
  const field = useRef<HTMLInputElement>(null);
  const restingName = useId();
  const [chosen, setChosen] = useState<Chosen | null>(
    person ? { kind: 'demo', slug: person.slug } : name ? { kind: 'resting', name } : null,
  );
  const [passphrase, setPassphrase] = useState('');
  const [shared, setShared] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [working, setWorking] = useState(false);

  useEffect(() => {
    if (person) setChosen({ kind: 'demo', slug: person.slug });
  }, [person]);

  const rings = resting.data ?? [];
  /** Most likely the one is meant that was open until now, or the only one that rests here. */
  const likelyOf = (all: readonly RestingKeyring[]): Chosen | null => {
    const likely = all.find(({ name }) => name === last) ?? (all.length === 1 ? all[0] : undefined);
    return likely ? { kind: 'resting', name: likely.name } : null;
  };
  const meant = chosen ?? likelyOf(rings);

  const unlock = async (event: FormEvent) => {
    event.preventDefault();
    if (working) return;
    if (passphrase === '') {
      field.current?.focus();
      return setTrouble('empty');
    }
    setWorking(true);
    // Who is quick has typed before the browser said what rests in it.
    const which = meant ?? likelyOf(await queries.ensureQueryData(ask.resting()).catch(() => []));
    if (!which) {
      setWorking(false);
      return setTrouble('missing');
    }
    setTrouble(null);
    try {
      const who = await house.unlock(await chosenLocked(which), passphrase, !shared);
      setPassphrase('');
      begin(who, shared);
      onOpen(who);
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
      setWorking(false);
      field.current?.focus();
      field.current?.select();
    }
  };

  return (
    <form className={classes.form} onSubmit={unlock} noValidate>
      {!person && rings.length > 0 && (
        <fieldset className={classes.rings}>
          <legend>{t('signIn.resting')}</legend>
          {rings.map((ring) => (
            <Ring
              key={ring.name}
              ring={ring}
              group={restingName}
              checked={meant?.kind === 'resting' && meant.name === ring.name}
              choose={() => setChosen({ kind: 'resting', name: ring.name })}
              forget={async () => {
                await house.forget(ring.name);
                setChosen(null);
                await resting.refetch();
              }}
              forgetName={t('signIn.forget', { name: ring.title })}
            />
          ))}
        </fieldset>
      )}
      {!person && (
        <FilePick
          label={t('signIn.file')}
          description={t('signIn.fileAbout')}
          action={t('signIn.choose')}
          drop={t('signIn.drop')}
          chosen={meant?.kind === 'file' ? t('signIn.chosen', { name: meant.name }) : null}
          onPick={async (file) => {
            setTrouble(null);
            setChosen({ kind: 'file', name: file.name, locked: new Uint8Array(await file.arrayBuffer()) });
            field.current?.focus();
          }}
        />
      )}
      {person && (
        <p className={classes.hint}>
          <span>{t('signIn.demo', { passphrase: demoPassphrase })}</span>
          <Button variant="subtle" type="button" onClick={() => setPassphrase(demoPassphrase)}>
            {t('signIn.fill')}
          </Button>
        </p>
      )}
      <PasswordInput
        ref={field}
        label={t('signIn.passphrase')}
        autoComplete="current-password"
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
        error={trouble === 'empty' ? t('signIn.empty') : trouble === 'missing' ? t('signIn.missing') : trouble !== null}
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
        visibilityToggleIcon={({ reveal }) => <Icon name={reveal ? 'eye-slash' : 'eye'} />}
        data-autofocus
      />
      <div aria-live="polite">
        {(trouble === 'wrong' || trouble === 'noKeyring' || trouble === 'noDoor') && (
          <Banner icon="warning" tone="wait">
            <b>{t(`signIn.${trouble}`)}</b>
            <br />
            {t(`signIn.${trouble}About`)}
          </Banner>
        )}
        {trouble !== null && typeof trouble === 'object' && (
          <Banner icon="warning" tone="wait">
            <b>{t('signIn.failed')}</b>
            <br />
            {t('signIn.failedAbout', trouble)}
          </Banner>
        )}
      </div>
      <Button type="submit" fullWidth loading={working}>
        {working ? t('signIn.unlocking') : t('signIn.unlock')}
      </Button>
      {!person && (
        <Switch
          className={classes.shared}
          label={t('signIn.shared')}
          description={t('signIn.sharedAbout')}
          labelPosition="left"
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
      )}
    </form>
  );
}

function Ring({
  ring,
  group,
  checked,
  choose,
  forget,
  forgetName,
}: {
  ring: RestingKeyring;
  group: string;
  checked: boolean;
  choose(): void;
  forget(): void;
  forgetName: string;
}) {
  return (
    <div className={classes.ring}>
      <label>
        <input type="radio" name={group} checked={checked} onChange={choose} />
        <span>{ring.title}</span>
      </label>
      <button type="button" className={classes.forget} aria-label={forgetName} title={forgetName} onClick={forget}>
        <Icon name="x" size={18} />
      </button>
    </div>
  );
}

import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import type { DoctorLine, PolicyChoice } from '../../house/admin.ts';
import { useSomeone } from '../../shell/session.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import {
  colleaguesIn,
  type Difference,
  dayAhead,
  differences,
  type Fault,
  firstChoice,
  hasTemplate,
  longest,
  signedFor,
  tick,
  tickedKinds,
} from './rule.ts';

/** The rule as choices; folded away while somebody else's signed rule stands as it is. */
export function RuleForm({
  doctor,
  choice,
  organisations,
  fault,
  edit,
}: {
  doctor: DoctorLine;
  choice: PolicyChoice;
  organisations: readonly string[];
  fault: Fault;
  edit: (choice: PolicyChoice) => void;
}) {
  const t = useWords('admin');
  const format = useFormat();
  const own = useSomeone().organisations;
  const id = useId();
  const now = Date.now();
  const signed = signedFor(doctor, choice.organisation, now);
  const differs = signed ? differences(signed.choice, choice) : [];
  const [opened, setOpened] = useState(!signed);
  const last = format.born(dayAhead(now, longest));
  const colleagues = signed && colleaguesIn(signed, own);
  const signers = signed ? format.list(signed.approvals) : '';
  return (
    <section className={classes.rule} aria-labelledby={`${id}title`}>
      <div className={classes.ruleHead}>
        <h2 id={`${id}title`}>{t('doctor.rule')}</h2>
        <Button variant="subtle" aria-expanded={opened} aria-controls={`${id}choices`} onClick={() => setOpened(!opened)}>
          {t(opened ? 'doctor.hide' : 'doctor.change')}
        </Button>
      </div>
      <div aria-live="polite">
        {!signed ? (
          <p className="soft">
            {t(hasTemplate(doctor.specialty) ? 'doctor.template' : 'doctor.noTemplate', { specialty: doctor.specialty })}
          </p>
        ) : differs.length === 0 ? (
          <p className="soft">
            {signed.mine
              ? t('doctor.alreadyMine')
              : colleagues !== undefined
                ? t('doctor.ownSigned', { organisation: colleagues })
                : t('doctor.joined', { signers })}
          </p>
        ) : (
          <div className={classes.differs}>
            <p>
              {t('doctor.differs', { signers })} <b>{format.list(differs.map((one) => inWords(one, t, format)))}</b>.{' '}
              {t('doctor.differsEnd')}
            </p>
            <Button variant="default" onClick={() => edit(signed.choice)}>
              {t('doctor.asSigned')}
            </Button>
          </div>
        )}
      </div>
      <div id={`${id}choices`} hidden={!opened} className={classes.choices}>
        <NativeSelect
          label={t('doctor.organisation')}
          description={t('doctor.organisationAbout')}
          data={[...organisations]}
          value={choice.organisation}
          onChange={({ currentTarget }) => edit(firstChoice(doctor, currentTarget.value, now))}
        />
        <Checkbox.Group
          label={t('doctor.kinds')}
          value={[...choice.kinds]}
          onChange={(ticked) => {
            const changed = tickedKinds.find((kind) => ticked.includes(kind) !== choice.kinds.includes(kind));
            if (changed) edit(tick(choice, changed, ticked.includes(changed)));
          }}
          error={fault === 'kinds' && t('doctor.noKinds')}
        >
          <div className={classes.kinds}>
            {tickedKinds.map((kind) => (
              <Checkbox key={kind} value={kind} label={t(`kind.${kind}`)} />
            ))}
          </div>
        </Checkbox.Group>
        <Checkbox
          label={t('doctor.identity')}
          description={t('doctor.identityAbout')}
          checked={choice.identity}
          onChange={({ currentTarget }) => edit({ ...choice, identity: currentTarget.checked })}
        />
        <Checkbox
          label={t('doctor.breakGlass')}
          description={t('doctor.breakGlassAbout')}
          checked={choice.breakGlass}
          onChange={({ currentTarget }) => edit({ ...choice, breakGlass: currentTarget.checked })}
        />
        <TextInput
          type="date"
          label={t('doctor.until')}
          description={t('doctor.untilAbout', { days: format.number(longest), date: last })}
          value={choice.until}
          min={dayAhead(now, 0)}
          max={dayAhead(now, longest)}
          onChange={({ currentTarget }) => edit({ ...choice, until: currentTarget.value })}
          error={fault === 'until' && t('doctor.badUntil', { date: last })}
        />
      </div>
    </section>
  );
}

function inWords(difference: Difference, t: Words, format: ReturnType<typeof useFormat>): string {
  switch (difference.kind) {
    case 'more':
    case 'less':
      return t(`doctor.${difference.kind}`, { kinds: format.list(difference.kinds.map((kind) => t(`kind.${kind}`))) });
    case 'identity':
      return t(difference.now ? 'doctor.identityMore' : 'doctor.identityLess');
    case 'breakGlass':
      return t(difference.now ? 'doctor.breakGlassMore' : 'doctor.breakGlassLess');
    case 'until':
      return t('doctor.untilInstead', { now: format.born(difference.now), before: format.born(difference.before) });
  }
}

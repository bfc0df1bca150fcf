import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import type { BesideTemplate, DoctorLine, PolicyChoice, RuleChange } from '../../house/admin.ts';
import { useSomeone } from '../../shell/session.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import {
  type Compared,
  colleaguesIn,
  comparedWith,
  dayAhead,
  type Fault,
  firstChoice,
  longest,
  roleAt,
  signedFor,
  tick,
  tickedKinds,
} from './rule.ts';
import { useBesideTemplate } from './useBesideTemplate.ts';
import { useChange } from './useChange.ts';

/** The rule as choices; folded away while somebody else's signed rule stands as it is. */
export function RuleForm({
  doctor,
  choice,
  changes,
  template,
  organisations,
  fault,
  edit,
}: {
  doctor: DoctorLine;
  choice: PolicyChoice;
  /** How it differs from each rule of the doctor's, in their order. */
  changes: readonly RuleChange[];
  template: BesideTemplate | undefined;
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
  const [opened, setOpened] = useState(!signed);
  const last = format.born(dayAhead(now, longest));
  const beside = useBesideTemplate();
  return (
    <section className={classes.rule} aria-labelledby={`${id}title`}>
      <div className={classes.ruleHead}>
        <h2 id={`${id}title`}>{t('doctor.rule')}</h2>
        <Button variant="subtle" aria-expanded={opened} aria-controls={`${id}choices`} onClick={() => setOpened(!opened)}>
          {t(opened ? 'doctor.hide' : 'doctor.change')}
        </Button>
      </div>
      <div aria-live="polite">
        {template && (
          <p className="soft">
            {signed || template.lines > 0
              ? beside(template)
              : t(template.specialty === null ? 'doctor.noTemplate' : 'doctor.template', {
                  specialty: roleAt(doctor, choice.organisation).specialty,
                })}
          </p>
        )}
        {comparedWith(doctor, choice.organisation, now).map(({ as, rule }) => {
          const change = changes[doctor.policies.indexOf(rule)];
          return change && <Beside key={as} as={as} rule={rule} change={change} own={own} edit={edit} />;
        })}
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

/** How a choice stands to a rule that was signed: the very same, or what it opens more and less. */
function Beside({
  as,
  rule,
  change,
  own,
  edit,
}: Compared & { change: RuleChange; own: readonly string[]; edit: (choice: PolicyChoice) => void }) {
  const t = useWords('admin');
  const format = useFormat();
  const phrases = useChange();
  const waits = as === 'waiting';
  const signers = format.list(rule.approvals);
  if (change.same) {
    const colleagues = colleaguesIn(rule, own);
    const said = !waits
      ? t('doctor.countsAlready')
      : rule.mine
        ? t('doctor.alreadyMine')
        : colleagues !== undefined
          ? t('doctor.ownSigned', { organisation: colleagues })
          : t('doctor.joined', { signers });
    return <p className="soft">{said}</p>;
  }
  return (
    <div className={waits ? classes.differs : undefined}>
      <p>
        {as === 'replaced'
          ? t('doctor.replaces')
          : as === 'ended'
            ? t('doctor.replacesEnded', { date: format.born(rule.until) })
            : t('doctor.differs', { signers })}{' '}
        <b>{phrases(change)}</b>. {waits && t('doctor.differsEnd')}
      </p>
      {waits && (
        <Button variant="default" onClick={() => edit(rule.choice)}>
          {t('doctor.asSigned')}
        </Button>
      )}
    </div>
  );
}

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Overview, Todo } from '../../house/patients.ts';
import { paths, to } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { Card, Hidden } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useItemTitle } from '../record/ItemValue.tsx';
import { RequestTask } from '../requests/RequestTask.tsx';
import { HowToSheet, ProblemSheet, SilentSheet } from './Sheets.tsx';
import classes from './TodoList.module.css';

/** What to do, the most pressing first. The first act is the page's one filled button, unless another one is. */
export function TodoList({ overview: { todos, problems }, isFilled }: { overview: Overview; isFilled: boolean }) {
  const t = useWords('patient');
  const requests = useQuery(ask.requests()).data?.requests ?? [];
  if (todos.length === 0 && requests.length === 0) {
    return (
      <Card className={classes.none}>
        <p className={classes.title}>{t('todo.none')}</p>
        <p className="soft">{t('todo.noneText')}</p>
      </Card>
    );
  }
  return (
    <Card flush>
      <ul>
        {requests.map((request, at) => (
          <RequestTask key={request.request} request={request} isFirst={isFilled && at === 0} />
        ))}
        {todos.map((todo, at) => (
          <Task key={keyOf(todo)} todo={todo} problems={problems} isFirst={isFilled && at === 0 && requests.length === 0} />
        ))}
      </ul>
    </Card>
  );
}

const keyOf = (todo: Todo): string => {
  switch (todo.kind) {
    case 'read-result':
      return `result ${todo.item.id}`;
    case 'measure-again':
      return `measure ${todo.vital}`;
    case 'device-silent':
      return `silent ${todo.device}`;
    default:
      return todo.kind;
  }
};

function Task({ todo, problems, isFirst }: { todo: Todo; problems: Overview['problems']; isFirst: boolean }) {
  const { when, title, about, act, name, href } = useTask(todo);
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  const variant = isFirst ? 'filled' : 'default';
  return (
    <li className={classes.task}>
      <p className={classes.when}>{when}</p>
      <div className={classes.what}>
        <h3>{title}</h3>
        <p className="soft">{about}</p>
      </div>
      <div className={classes.act}>
        {href === null ? (
          <Button variant={variant} fullWidth aria-haspopup="dialog" onClick={() => setOpened(true)}>
            {act}
            {name !== null && <Hidden>: {name}</Hidden>}
          </Button>
        ) : (
          <Button variant={variant} fullWidth component={Link} href={href}>
            {act}
            {name !== null && <Hidden>: {name}</Hidden>}
          </Button>
        )}
      </div>
      {todo.kind === 'measure-again' && <HowToSheet vital={todo.vital} opened={opened} close={close} />}
      {todo.kind === 'device-silent' && <SilentSheet device={todo.device} opened={opened} close={close} />}
      {todo.kind === 'problem' && <ProblemSheet problems={problems} opened={opened} close={close} />}
    </li>
  );
}

type TaskWords = {
  readonly when: string;
  readonly title: string;
  readonly about: string;
  readonly act: string;
  /** What the act is about: heard, where several buttons say the same. */
  readonly name: string | null;
  /** Where the act leads; `null` when it opens a sheet. */
  readonly href: string | null;
};

function useTask(todo: Todo): TaskWords {
  const t = useWords('patient');
  const v = useWords('vitals');
  const format = useFormat();
  const titleOf = useItemTitle();
  switch (todo.kind) {
    case 'measure-again': {
      const vital = v(`name.${todo.vital}`);
      return {
        when: t('todo.today'),
        title: t('todo.measure', { vital }),
        about: t('todo.measureAbout', { when: format.moment(todo.since) }),
        act: t('todo.show'),
        name: vital,
        href: null,
      };
    }
    case 'read-result': {
      const title = titleOf(todo.item);
      return {
        when: todo.item.when === null ? t('todo.now') : format.day(todo.item.when),
        title: t('todo.result', { title }),
        about: t('todo.resultAbout', { place: todo.item.place.name }),
        act: t('todo.read'),
        name: title,
        href: to(paths.patient.record, { record: todo.item.id }),
      };
    }
    case 'device-silent':
      return {
        when: t('todo.since', { day: format.day(todo.since) }),
        title: t('todo.silent', { device: todo.device }),
        about: t('todo.silentAbout', { when: format.moment(todo.since) }),
        act: t('todo.try'),
        name: todo.device,
        href: null,
      };
    case 'keep-keyring':
      return {
        when: t('todo.now'),
        title: t('todo.keep'),
        about: t('todo.keepAbout'),
        act: t('todo.keepGo'),
        name: null,
        href: paths.patient.account,
      };
    case 'problem':
      return {
        when: t('todo.now'),
        title: t('todo.problem', { count: todo.count }),
        about: t('todo.problemAbout'),
        act: t('todo.problemShow'),
        name: null,
        href: null,
      };
  }
}

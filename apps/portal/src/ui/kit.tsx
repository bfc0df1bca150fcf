/**
 * The small parts that every door is built from. None of them knows a route, a record or a word.
 *
 * @module
 */
import { type HTMLAttributes, type ReactNode, useId } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import classes from './kit.module.css';
import { Link } from './Link.tsx';

/** Class names, those that are there. */
const join = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ');

/** A white sheet with a hairline. `flush` when rows reach its edges. */
export function Card({ children, className, flush, ...rest }: HTMLAttributes<HTMLDivElement> & { flush?: boolean }) {
  return (
    <div {...rest} className={join(classes.card, flush && classes.flush, className)}>
      {children}
    </div>
  );
}

/** A part of a page under its heading; `aside` stands at the heading's end. */
export function Section({
  title,
  aside,
  children,
  className,
  id,
  level = 2,
}: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  /** So that a link can lead here. */
  id?: string;
  level?: 2 | 3;
}) {
  const heading = useId();
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section id={id} className={join(classes.section, className)} aria-labelledby={heading}>
      <div className={classes.sectionHead}>
        <Heading id={heading}>{title}</Heading>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** A link that stands alone gets a finger's height. Links inside a sentence stay plain. */
export function Action({
  href,
  icon,
  end,
  children,
  className,
}: {
  href: string;
  icon?: IconName;
  end?: IconName;
  children: ReactNode;
  className?: string;
}) {
  return (
    <Link href={href} className={join(classes.action, className)}>
      {icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
      {end && <Icon name={end} size={16} className={classes.mirror} />}
    </Link>
  );
}

/** The way back to the page above. */
export function Back({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={classes.back}>
      <Icon name="arrow-left" size={18} className={classes.mirror} />
      <span>{children}</span>
    </Link>
  );
}

/**
 * Who can see this, on everything that can be seen: an open eye with names, or a shut lock when nobody else can.
 * `prefix` is heard, not seen: "Who can see this: ".
 */
export function Audience({ children, onlyYou, prefix }: { children: ReactNode; onlyYou?: boolean; prefix: string }) {
  return (
    <span className={classes.audience}>
      <Icon name={onlyYou ? 'lock' : 'eye'} size={17} />
      <span>
        <Hidden>{prefix}</Hidden>
        {children}
      </span>
    </span>
  );
}

/** Heard, not seen. */
export function Hidden({ children, id }: { children: ReactNode; id?: string }) {
  return (
    <span id={id} className={classes.hidden}>
      {children}
    </span>
  );
}

/** A person is round, a place is square. The name stands beside it. */
export function Face({ initials, place, size = 40 }: { initials: string; place?: boolean; size?: number }) {
  return (
    <span
      className={classes.face}
      data-place={place || undefined}
      data-small={size < 36 || undefined}
      style={{ width: size, height: size }}
      aria-hidden="true"
    >
      {initials}
    </span>
  );
}

/** One measured value. The number is the loudest thing on its card; the unit never is. */
export function Value({ children, unit, size = 'md' }: { children: ReactNode; unit?: string; size?: 'sm' | 'md' | 'lg' }) {
  return (
    <span className={classes.value} data-size={size}>
      <bdi className={classes.valueNumber} dir="ltr">
        {children}
      </bdi>
      {unit && <span className={classes.valueUnit}> {unit}</span>}
    </span>
  );
}

/** 148/91 with a slash that steps back. */
export function Pressure({ top, bottom }: { top: ReactNode; bottom: ReactNode }) {
  return (
    <>
      {top}
      <span className={classes.slash}>/</span>
      {bottom}
    </>
  );
}

/** Bytes in fixed cells, so that Inter can stand in columns. `name` says how many they are; `lines` null shows all. */
export function Bytes({ bytes, name, lines = 3 }: { bytes: Uint8Array; name: string; lines?: number | null }) {
  // What is cut off need not be drawn: no line is wider than 96 bytes.
  const shown = lines === null ? bytes : bytes.subarray(0, lines * 96);
  const cells = Array.from(shown, (byte, at) => ({ at, text: byte.toString(16).padStart(2, '0').toUpperCase() }));
  return (
    <span className={classes.bytes} style={lines === null ? undefined : { maxHeight: `${lines * 1.6}em` }} role="img" aria-label={name}>
      {cells.map(({ at, text }) => (
        <span key={at}>{text}</span>
      ))}
    </span>
  );
}

/** A word on a small ground. Put a `Mark` in it where it tells a status. */
export function Tag({ children, tone }: { children: ReactNode; tone?: 'wait' | 'danger' | 'accent' | 'ok' }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}

/** Something to know before reading on. It is read out when it appears. */
export function Banner({
  icon,
  children,
  tone = 'wait',
  action,
}: {
  icon: IconName;
  children: ReactNode;
  tone?: 'wait' | 'quiet' | 'ok' | 'danger';
  action?: ReactNode;
}) {
  return (
    <div className={classes.banner} data-tone={tone} role="status">
      <Icon name={icon} size={22} />
      <div className={classes.bannerText}>{children}</div>
      {action && <div className={classes.bannerAction}>{action}</div>}
    </div>
  );
}

/** A key of the keyboard. */
export function Keys({ children }: { children: ReactNode }) {
  return <kbd className={classes.kbd}>{children}</kbd>;
}

/** A button with an icon only; `name` is what it is called. `mirror` turns the icon round where one reads from the right. */
export function IconButton({
  icon,
  name,
  onClick,
  disabled,
  mirror = true,
}: {
  icon: IconName;
  name: string;
  onClick: () => void;
  disabled?: boolean;
  mirror?: boolean;
}) {
  const turns = mirror && /-(left|right)$/.test(icon);
  return (
    <button type="button" className={classes.iconButton} aria-label={name} title={name} onClick={onClick} disabled={disabled}>
      <Icon name={icon} className={turns ? classes.mirror : undefined} />
    </button>
  );
}

import { icons } from './__generated__/icons.ts';

/** An icon of the set; new ones are named in `tools/icons.mjs`. */
export type IconName = keyof typeof icons;

/**
 * An icon. Beside words it is silent; alone it has a `label`.
 *
 * @example
 * ```tsx
 * <Icon name="lock" size={18} label={t('locked')} />
 * ```
 */
export function Icon({ name, size = 20, label, className }: { name: IconName; size?: number; label?: string; className?: string }) {
  const shape = { width: size, height: size, viewBox: '0 0 256 256', fill: 'currentColor', className, style: { flex: 'none' } };
  const path = <path d={icons[name]} />;
  return label === undefined ? (
    <svg {...shape} aria-hidden="true" focusable="false">
      {path}
    </svg>
  ) : (
    <svg {...shape} role="img" aria-label={label} focusable="false">
      {path}
    </svg>
  );
}

/** The filled icon of the same name, where the set has one: it marks where one is. */
export const filled = (name: IconName): IconName => {
  const fill = `${name}-fill`;
  return fill in icons ? (fill as IconName) : name;
};

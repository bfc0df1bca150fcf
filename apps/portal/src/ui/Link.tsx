/**
 * Links without a router: `ui` only knows addresses, and whoever draws the page says how one goes there.
 *
 * @module
 */
import { type AnchorHTMLAttributes, type ComponentType, createContext, type Ref, useContext } from 'react';

export type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string; ref?: Ref<HTMLAnchorElement> };

/** How a link is followed inside this page; without a provider links are ordinary links. */
export const LinkContext = createContext<ComponentType<LinkProps>>((props) => <a {...props} />);

/**
 * A link to an address.
 *
 * @example
 * ```tsx
 * <LinkContext value={AppLink}>
 *   <Link href="/patient/records">{t('records')}</Link>
 * </LinkContext>
 * ```
 */
export function Link(props: LinkProps) {
  const Anchor = useContext(LinkContext);
  return <Anchor {...props} />;
}

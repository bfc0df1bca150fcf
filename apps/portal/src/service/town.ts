/**
 * The town as `/town.json` tells it: to the pages, and to a command line that knows no more than the portal's address.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

/** Where everything is, for whoever wants to speak with the town. */
export type TownAddresses = {
  readonly town: string;
  readonly authority: string;
  readonly cloud: string;
  readonly cloudlets: readonly { readonly organisation: string; readonly url: string; readonly mqtt?: string | undefined }[];
  /** Hex hash of the town manifest; empty where it was not handed over. */
  readonly manifest: string;
};

/** What `/town.json` says. A browser reaches authority and cloudlets below the portal's own origin, by their paths. */
export type TownCard = {
  readonly town: string;
  readonly manifest: string;
  /** An absolute address; empty while the town is not ready. */
  readonly cloud: string;
  readonly authority: string;
  /** `url` is where wearables and programs outside a browser reach it. */
  readonly cloudlets: readonly {
    readonly organisation: string;
    readonly path: string;
    readonly url: string;
    /** Its broker for devices. */
    readonly mqtt?: string | undefined;
  }[];
  /** Whether people and keyrings of a demonstration lie below `/demo`. */
  readonly demo: boolean;
  /** Whether the town is settled; a page that met it before reloads then, as its policy knows no cloud yet. */
  readonly ready: boolean;
  /** What is being done while it is not ready, in a line. */
  readonly doing: string | null;
};

export const authorityPath = '/authority';
export const cloudletPath = (index: number): string => `/cloudlets/${index}`;

/** The town's card, as of now. */
export const townCard = ({ town, manifest, cloud, cloudlets }: TownAddresses, doing: string | null, demo: boolean): TownCard => ({
  town,
  manifest,
  cloud,
  authority: authorityPath,
  cloudlets: cloudlets.map(({ organisation, url, mqtt }, index) => ({ organisation, path: cloudletPath(index), url, mqtt })),
  demo,
  ready: doing === null,
  doing,
});

/**
 * The origin of a service's address, as it may stand in a header.
 *
 * @throws {CareletError} `invalid` when it is not a plain http or https address
 * @example
 * ```ts
 * import { originOf } from '@carelet/portal/service';
 * originOf('https://cloud.example/east'); // 'https://cloud.example'
 * ```
 */
export function originOf(address: string): string {
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  // A host may hold letters that would end a directive of a policy.
  if (/^https?:\/\/[a-z0-9.:[\]-]+$/.test(origin)) return origin;
  throw new CareletError('invalid', 'read address', { because: 'it has to be an address like https://cloud.example' });
}

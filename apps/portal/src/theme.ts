/**
 * The Carelet theme: every colour, size and radius of the portal, once.
 *
 * What may surprise you:
 * - Text sizes are not pixels but steps of one 1.2 scale (`--t-1` … `--t5`). The base is 17 px for people
 *   reading about themselves and 15 px for people at work: `data-density="staff"` on <html> switches it.
 * - Components never name a Mantine colour shade. They use meanings (`--c-ink-2`, `--c-wait`), which the
 *   resolver at the end of this file maps to light and dark. Contrast is noted beside each text colour.
 * - Shadow means "this floats above the page". Cards do not float, so cards have a hairline and no shadow.
 */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

// ---------------------------------------------------------------------------------------------- palette
// Generated in OKLCH at one hue per ramp, so that step n of every ramp is equally light.

/** The one accent, a deep teal (hue 188). Light surfaces use 7, dark surfaces use 3. */
const tide: MantineColorsTuple = [
  '#F0FAF9',
  '#DCF2F0',
  '#B9E3DE',
  '#8ECCC5',
  '#61AEA7',
  '#3B9089',
  '#21746E',
  '#0F5A55',
  '#084440',
  '#052D2A',
];

/** Warm neutrals (hue 70 to 85, almost no chroma): paper, not cream. */
const gray: MantineColorsTuple = [
  '#F7F5F3',
  '#F0EEEB',
  '#E2DFDB',
  '#D2CEC9',
  '#B4AFA8',
  '#847F78',
  '#69645D',
  '#4D4843',
  '#322E2A',
  '#1D1A17',
];
const dark: MantineColorsTuple = [
  '#EDEBE7',
  '#C2BDB7',
  '#A09A93',
  '#7C7670',
  '#4A4540',
  '#322E2B',
  '#24211E',
  '#1B1816',
  '#110F0E',
  '#0B0A08',
];

/** Danger only: something is wrong with a body, or someone acted against the record. */
const red: MantineColorsTuple = [
  '#FFF2F1',
  '#FEE2DE',
  '#FCC5BD',
  '#F4A298',
  '#E8796E',
  '#D4534A',
  '#B83833',
  '#992724',
  '#75201C',
  '#4D1612',
];
/** Waiting: outside the usual, not yet answered, not yet sent. */
const amber: MantineColorsTuple = [
  '#FFF6E9',
  '#FFEBCE',
  '#FFD79F',
  '#F3BC6E',
  '#DAA24F',
  '#B78437',
  '#936823',
  '#735017',
  '#583C10',
  '#3A270B',
];
/** Rare: only where a person asked "is everything all right?" and the answer is yes. */
const green: MantineColorsTuple = [
  '#F1FAF2',
  '#DDF2E0',
  '#BCE3C3',
  '#93CA9E',
  '#6CAD7A',
  '#4E8E5D',
  '#387246',
  '#2A5B36',
  '#204529',
  '#162E1B',
];

// ------------------------------------------------------------------------------------------------ steps

/** 8-px grid, with one half step for the inside of small things. */
const spacing = { xs: '0.25rem', sm: '0.5rem', md: '1rem', lg: '1.5rem', xl: '2rem', '2xl': '3rem', '3xl': '4rem' };

/** 4 marks and keys, 8 controls, 12 cards, 16 sheets that slide over the page. Nothing is a pill but a switch. */
const radius = { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '16px' };

/** Each step is 1.2 × the one before. See base.css for the two bases. */
const fontSizes = { xs: 'var(--t-1)', sm: 'var(--t-1)', md: 'var(--t0)', lg: 'var(--t1)', xl: 'var(--t2)' };

const buttonColors: VariantColorsResolver = (input) => {
  const danger = input.color === 'red';
  switch (input.variant) {
    case 'filled':
      return {
        background: danger ? 'var(--c-danger-fill)' : 'var(--c-accent)',
        hover: danger ? 'var(--c-danger-fill-hover)' : 'var(--c-accent-hover)',
        color: 'var(--c-on-accent)',
        border: '1px solid transparent',
      };
    case 'default':
      return {
        background: 'var(--c-surface)',
        hover: 'var(--c-sunken)',
        color: danger ? 'var(--c-danger)' : 'var(--c-ink)',
        border: `1px solid ${danger ? 'var(--c-danger-line)' : 'var(--c-edge)'}`,
      };
    case 'subtle':
      return {
        background: 'transparent',
        hover: danger ? 'var(--c-danger-soft)' : 'var(--c-accent-soft)',
        color: danger ? 'var(--c-danger)' : 'var(--c-accent-ink)',
        border: '1px solid transparent',
      };
    default:
      return defaultVariantColorsResolver(input);
  }
};

/** The words beside a box or switch are part of what a finger may hit. */
const besideBox = {
  body: { alignItems: 'flex-start' },
  inner: { marginBlockStart: '0.625rem' },
  label: { display: 'flex', alignItems: 'center', minHeight: '2.75rem', fontSize: 'var(--t0)', lineHeight: 1.4 },
  description: { marginBlockStart: '-0.25rem', fontSize: 'var(--t-1)', lineHeight: 1.4, color: 'var(--c-ink-2)' },
} as const;

const veil = { color: 'var(--c-veil)', backgroundOpacity: 1 } as const;

/** The head of a sheet is no banner of the page. */
const plainHeader = { header: { role: 'presentation' } } as const;

const sheet = {
  header: { background: 'none', paddingBlock: '0.875rem', paddingInline: '1.5rem 0.75rem' },
  title: { fontSize: 'var(--t1)', lineHeight: 1.3, fontWeight: 600, letterSpacing: '-0.012em' },
  close: { width: '2.75rem', height: '2.75rem', color: 'var(--c-ink-2)' },
  body: { padding: '0 1.5rem 1.5rem' },
  content: { background: 'var(--c-surface)' },
} as const;

export const theme = createTheme({
  colors: { tide, gray, dark, red, amber, green },
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 3 },
  white: '#FFFFFF',
  black: '#1D1A17',

  // Inter with its optical size axis: display cuts for numbers and titles, text cuts for reading.
  // Vazirmatn answers for Arabic letters and digits and Noto for Devanagari; their files are fetched only when such a
  // letter is on the page.
  fontFamily:
    "'Inter Variable', 'Vazirmatn Variable', 'Noto Sans Devanagari Variable', 'Until Inter 1', 'Until Inter 2', system-ui, sans-serif",
  fontFamilyMonospace: "'Inter Variable', system-ui, sans-serif",
  fontSizes,
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.45', xl: '1.35' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  headings: {
    fontWeight: '600',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: 'var(--t4)', lineHeight: '1.15' },
      h2: { fontSize: 'var(--t2)', lineHeight: '1.25' },
      h3: { fontSize: 'var(--t1)', lineHeight: '1.3' },
      h4: { fontSize: 'var(--t0)', lineHeight: '1.4' },
      h5: { fontSize: 'var(--t0)', lineHeight: '1.4' },
      h6: { fontSize: 'var(--t-1)', lineHeight: '1.4' },
    },
  },

  spacing,
  radius,
  defaultRadius: 'sm',
  shadows: {
    // Two heights only. `md`: menus, tooltips, the undo bar. `xl`: the share sheet.
    xs: 'none',
    sm: 'none',
    md: 'var(--c-float)',
    lg: 'var(--c-float)',
    xl: 'var(--c-sheet)',
  },
  breakpoints: { xs: '30em', sm: '40em', md: '62em', lg: '75em', xl: '90em' },

  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  variantColorResolver: buttonColors,

  components: {
    Button: {
      // 44 px is the smallest thing a finger of seventy should have to hit; it is also the only height we have.
      defaultProps: { size: 'md' },
      vars: () => ({
        root: {
          '--button-height': '2.75rem',
          '--button-padding-x': '1rem',
          '--button-fz': 'var(--t0)',
        },
      }),
      styles: { root: { fontWeight: 550 }, section: { marginInlineEnd: '0.5rem' } },
    },
    ActionIcon: {
      defaultProps: { variant: 'subtle', size: '2.75rem' },
    },
    TextInput: { defaultProps: { size: 'md' } },
    PasswordInput: {
      defaultProps: { size: 'md', rightSectionWidth: 44 },
      styles: { visibilityToggle: { width: '2.75rem', height: '2.75rem', minWidth: '2.75rem' } },
    },
    Textarea: { defaultProps: { size: 'md' } },
    Select: { defaultProps: { size: 'md' } },
    Input: {
      vars: () => ({
        wrapper: {
          '--input-height': '2.75rem',
          '--input-fz': 'max(1rem, var(--t0))', // under 16 px a phone zooms the page when the field is touched
          '--input-bd': 'var(--c-line-2)',
          '--input-bd-focus': 'var(--c-accent)',
          '--input-bg': 'var(--c-surface)',
          '--input-placeholder-color': 'var(--c-ink-3)',
        },
      }),
    },
    InputWrapper: {
      styles: {
        label: { fontSize: 'var(--t0)', fontWeight: 550, marginBlockEnd: '0.375rem' },
        description: { fontSize: 'var(--t-1)', color: 'var(--c-ink-2)', marginBlockEnd: '0.375rem' },
        error: { fontSize: 'var(--t-1)' },
      },
    },
    Checkbox: {
      defaultProps: { size: '1.5rem', radius: 'xs' },
      vars: () => ({ root: { '--checkbox-icon-color': 'var(--c-on-accent)' } }),
      styles: { input: { borderColor: 'var(--c-line-2)' }, ...besideBox },
    },
    Radio: {
      defaultProps: { size: '1.5rem' },
      vars: () => ({ root: { '--radio-icon-size': '0.625rem', '--radio-icon-color': 'var(--c-on-accent)' } }),
      styles: { radio: { borderColor: 'var(--c-line-2)' }, ...besideBox },
    },
    Switch: {
      defaultProps: { size: 'lg', withThumbIndicator: false },
      styles: {
        track: { marginBlock: '0.4375rem' },
        label: { ...besideBox.label, fontWeight: 550 },
        description: besideBox.description,
      },
    },
    Menu: {
      defaultProps: { shadow: 'md', radius: 'md' },
      styles: {
        dropdown: { minWidth: '12rem', padding: '0.375rem', background: 'var(--c-raised)', borderColor: 'var(--c-line)' },
        item: { minHeight: '2.75rem', gap: '0.625rem', paddingInline: '0.75rem', fontSize: 'var(--t0)' },
        itemSection: { color: 'var(--c-ink-2)' },
      },
    },
    Modal: {
      defaultProps: { radius: 'lg', shadow: 'xl', centered: true, lockScroll: false, overlayProps: veil, attributes: plainHeader },
      styles: sheet,
    },
    Drawer: {
      defaultProps: { shadow: 'xl', lockScroll: false, overlayProps: veil, attributes: plainHeader },
      styles: sheet,
    },
    SegmentedControl: {
      defaultProps: { size: 'md', radius: 'sm', withItemsBorders: false },
      styles: {
        root: { background: 'var(--c-sunken)', boxShadow: 'inset 0 0 0 1px var(--c-line)', padding: 3 },
        indicator: { boxShadow: '0 0 0 1px var(--c-edge)', background: 'var(--c-raised)' },
        label: {
          fontSize: 'var(--t-1)',
          fontWeight: 550,
          minHeight: '2.5rem',
          display: 'grid',
          placeItems: 'center',
          padding: '0 0.875rem',
        },
      },
    },
    Tooltip: { defaultProps: { color: 'var(--c-ink)', radius: 'xs', openDelay: 300 } },
    Skeleton: { defaultProps: { radius: 'xs' } },
  },
});

// --------------------------------------------------------------------------------------------- meanings

export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--c-page': '#F7F5F3',
    '--c-surface': '#FFFFFF',
    '--c-raised': '#FFFFFF',
    '--c-sunken': '#F0EEEB',
    '--c-chip': '#F0EEEB', //       faces and tags on a card
    '--c-line': '#E2DFDB',
    '--c-edge': '#C9C4BD', //       edges of buttons, whose words already mark them
    '--c-line-2': '#847F78', //     3.6 on page, 4.0 on surface: edges of fields, boxes and switches
    '--c-ink': '#1D1A17', //       15.9 on page: headings, numbers, body
    '--c-ink-2': '#4D4843', //      8.3 on page: everything else one reads
    '--c-ink-3': '#69645D', //      5.4 on page, 4.9 on band: labels and units, never a sentence
    '--c-accent': '#0F5A55',
    '--c-accent-hover': '#084440',
    '--c-accent-ink': '#0F5A55', // 7.4 on page: links
    '--c-accent-soft': '#E2F1EF',
    '--c-accent-line': '#8ECCC5',
    '--c-on-accent': '#FFFFFF',
    '--c-wait': '#735017', //       6.9 on page
    '--c-wait-soft': '#FDF3E1',
    '--c-wait-line': '#DAA24F',
    '--c-danger': '#992724', //     7.2 on page
    '--c-danger-soft': '#FFECEA',
    '--c-danger-line': '#D99089',
    '--c-danger-fill': '#992724',
    '--c-danger-fill-hover': '#75201C',
    '--c-ok': '#2A5B36', //         7.2 on page
    '--c-ok-soft': '#E4F4E6',
    // Charts. Band = reference, trace = measured. A second series differs by shape (hollow), not by hue.
    '--c-band': '#EEE9DF',
    '--c-band-edge': '#C4BDB0',
    '--c-trace': '#0F5A55',
    '--c-trace-soft': '#8ECCC5',
    '--c-grid': '#ECE9E5',
    '--c-mm': '#EFE8DC', //         one millimetre
    '--c-mm-5': '#D9CDB9', //       five millimetres
    '--c-ecg': '#1D1A17',
    '--c-mark': '#FFEFC9', //       the words a search found
    '--c-veil': 'rgb(29 26 23 / 0.32)',
    '--c-float': '0 1px 2px rgb(29 26 23 / 0.06), 0 8px 24px rgb(29 26 23 / 0.10)',
    '--c-sheet': '0 2px 6px rgb(29 26 23 / 0.06), 0 24px 64px rgb(29 26 23 / 0.18)',
    '--mantine-color-body': '#F7F5F3',
    '--mantine-color-text': '#1D1A17',
    '--mantine-color-dimmed': '#4D4843',
    '--mantine-color-anchor': '#0F5A55',
    '--mantine-color-error': '#992724',
    '--mantine-color-placeholder': '#69645D',
    '--mantine-color-default-border': '#E2DFDB',
  },
  dark: {
    '--c-page': '#110F0E',
    '--c-surface': '#1B1816',
    '--c-raised': '#24211E',
    '--c-sunken': '#0B0A08',
    '--c-chip': '#2B2724',
    '--c-line': '#322E2B',
    '--c-edge': '#4E4943',
    '--c-line-2': '#7C7670', //     3.9 on surface
    '--c-ink': '#EDEBE7', //       14.8 on surface
    '--c-ink-2': '#C2BDB7', //      9.5 on surface
    '--c-ink-3': '#A09A93', //      6.3 on surface, 5.3 on band
    '--c-accent': '#8ECCC5',
    '--c-accent-hover': '#B9E3DE',
    '--c-accent-ink': '#8ECCC5', // 9.8 on surface
    '--c-accent-soft': '#0E2E2B',
    '--c-accent-line': '#21746E',
    '--c-on-accent': '#052D2A',
    '--c-wait': '#F3BC6E',
    '--c-wait-soft': '#2C2110',
    '--c-wait-line': '#7A5A22',
    '--c-danger': '#F4A298',
    '--c-danger-soft': '#341A17',
    '--c-danger-line': '#7E3C36',
    '--c-danger-fill': '#F4A298',
    '--c-danger-fill-hover': '#FCC5BD',
    '--c-ok': '#93CA9E',
    '--c-ok-soft': '#16281A',
    '--c-band': '#2B2720',
    '--c-band-edge': '#5A5549',
    '--c-trace': '#8ECCC5',
    '--c-trace-soft': '#21746E',
    '--c-grid': '#2A2724',
    '--c-mm': '#2D2822',
    '--c-mm-5': '#4D453A',
    '--c-ecg': '#EDEBE7',
    '--c-mark': '#53400F',
    '--c-veil': 'rgb(0 0 0 / 0.6)',
    '--c-float': '0 0 0 1px #3A3632, 0 8px 24px rgb(0 0 0 / 0.5)',
    '--c-sheet': '0 0 0 1px #3A3632, 0 24px 64px rgb(0 0 0 / 0.6)',
    '--mantine-color-body': '#110F0E',
    '--mantine-color-text': '#EDEBE7',
    '--mantine-color-dimmed': '#C2BDB7',
    '--mantine-color-anchor': '#8ECCC5',
    '--mantine-color-error': '#F4A298',
    '--mantine-color-placeholder': '#A09A93',
    '--mantine-color-default-border': '#322E2B',
  },
});

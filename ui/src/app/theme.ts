// The look, by role. Components use `--fb-…` alone; no colour stands in them.
import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Menu,
  SegmentedControl,
  Tooltip,
} from '@mantine/core'

const azure: MantineColorsTuple = [
  '#eff6fc',
  '#e3eff8',
  '#c2dcef',
  '#9cc4e2',
  '#68b5ef',
  '#2f8bd0',
  '#1a6cab',
  '#0a609c',
  '#084f82',
  '#063a60',
]
const gray: MantineColorsTuple = [
  '#f6f7f7',
  '#eef0f1',
  '#e4e8ea',
  '#dfe3e6',
  '#cdd3d7',
  '#858e95',
  '#5f6870',
  '#49525a',
  '#2b3238',
  '#15191c',
]
const dark: MantineColorsTuple = [
  '#eceff1',
  '#b4bcc2',
  '#8e989f',
  '#66717a',
  '#3a444b',
  '#20272b',
  '#15191c',
  '#0e1113',
  '#0c0f10',
  '#0a0d0e',
]

const sans =
  'system-ui, -apple-system, "Segoe UI", Roboto, Inter, "Noto Sans", "Liberation Sans", sans-serif'
const mono =
  'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace'

const heights = { xs: '24px', sm: '28px', md: '32px', lg: '44px' } as const
const height = (size: unknown) => heights[(size ?? 'sm') as keyof typeof heights] ?? heights.sm
const fontSize = (size: unknown) => (size === 'xs' ? '12px' : size === 'lg' ? '14px' : '13px')
const paddings = { xs: '8px', sm: '10px', md: '12px', lg: '16px' } as const

export const theme = createTheme({
  fontFamily: sans,
  fontFamilyMonospace: mono,
  colors: { azure, gray, dark },
  primaryColor: 'azure',
  primaryShade: { light: 7, dark: 6 },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px' },
  defaultRadius: 'sm',
  focusRing: 'auto',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm', variant: 'default' },
      vars: (_, p) => ({
        root: {
          '--button-height': height(p.size),
          '--button-fz': fontSize(p.size),
          '--button-padding-x': paddings[(p.size ?? 'sm') as keyof typeof paddings] ?? '10px',
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { size: 28, variant: 'subtle', color: 'gray' },
    }),
    Input: Input.extend({
      vars: (_, p) => ({
        wrapper: {
          '--input-height': height(p.size),
          '--input-fz': fontSize(p.size),
          '--input-bd': 'var(--fb-input)',
          '--input-bd-focus': 'var(--fb-accent)',
        },
      }),
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'sm' },
      vars: () => ({ root: { '--sc-padding': '3px 10px', '--sc-font-size': '13px' } }),
    }),
    Menu: Menu.extend({ defaultProps: { radius: 'md', shadow: 'none' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, radius: 'sm' } }),
  },
})

type Roles = Record<string, string>

export const light: Roles = {
  bg: '#f6f7f7',
  side: '#eef0f1',
  surface: '#ffffff',
  sunken: '#f6f7f7',
  raised: '#ffffff',
  hover: '#eceff0',
  press: '#e4e8ea',
  sel: '#e3eff8',
  border: '#dfe3e6',
  ctrl: '#cdd3d7',
  input: '#858e95',
  text: '#15191c',
  text2: '#49525a',
  text3: '#5f6870',
  accent: '#0a609c',
  outline: '#9cc4e2',
  fill: '#0a609c',
  'fill-hover': '#084f82',
  ok: '#0b7865',
  'ok-tint': '#e2f2ee',
  warn: '#8a4f00',
  'warn-tint': '#fbf0da',
  danger: '#a01616',
  'danger-tint': '#fbe8e5',
  'danger-line': '#e2a39c',
  'danger-fill': '#a01616',
  'on-fill': '#ffffff',
  veil: 'rgb(21 25 28 / 40%)',
  'compare-a': '#fbf0da',
  'compare-a-word': '#f3d798',
  'compare-b': '#e3eff8',
  'compare-b-word': '#b5d7ef',
  shadow: '0 1px 2px rgb(21 25 28 / 5%)',
  'shadow-raised': '0 4px 16px rgb(21 25 28 / 12%), 0 0 0 1px #dfe3e6',
  'shadow-palette': '0 16px 48px rgb(21 25 28 / 22%), 0 0 0 1px #dfe3e6',
  log: '#ffffff',
  'log-hover': '#f1f3f4',
  'log-selected': '#e3eff8',
  'log-hatch': '#eceff0',
  'log-plain': '#1b1b1f',
  'log-ok': '#0b7865',
  'log-info': '#072ab8',
  'log-debug': '#5b5b66',
  'log-warn': '#9a5900',
  'log-error': '#7e001c',
  'log-fatal': '#ffffff',
  'log-fatal-ground': '#a01616',
  'log-system': '#44156e',
  hit: '#ffe7a0',
  'hit-text': '#15191c',
  'hit-now': '#ffc83d',
  'hit-now-text': '#15191c',
}

export const night: Roles = {
  bg: '#0e1113',
  side: '#0a0d0e',
  surface: '#15191c',
  sunken: '#101416',
  raised: '#1c2226',
  hover: '#20272b',
  press: '#272f34',
  sel: '#122c40',
  border: '#272f34',
  ctrl: '#3a444b',
  input: '#66717a',
  text: '#eceff1',
  text2: '#b4bcc2',
  text3: '#8e989f',
  accent: '#68b5ef',
  outline: '#24577d',
  fill: '#1a6cab',
  'fill-hover': '#1d74b6',
  ok: '#5ed3a0',
  'ok-tint': '#0f2a22',
  warn: '#e8b94a',
  'warn-tint': '#2e2411',
  danger: '#ff8a7c',
  'danger-tint': '#351817',
  'danger-line': '#6b2f2b',
  'danger-fill': '#a01616',
  'on-fill': '#ffffff',
  veil: 'rgb(0 0 0 / 55%)',
  'compare-a': '#2e2411',
  'compare-a-word': '#5a4719',
  'compare-b': '#10273a',
  'compare-b-word': '#1f4c70',
  shadow: 'none',
  'shadow-raised': '0 4px 16px rgb(0 0 0 / 40%), 0 0 0 1px #323b41',
  'shadow-palette': '0 16px 48px rgb(0 0 0 / 60%), 0 0 0 1px #323b41',
  log: '#0c0f10',
  'log-hover': '#14191c',
  'log-selected': '#101f2c',
  'log-hatch': '#1a2023',
  'log-plain': '#f2f2f5',
  'log-ok': '#88f6b4',
  'log-info': '#5d84fb',
  'log-debug': '#a9a9b4',
  'log-warn': '#fbd729',
  'log-error': '#f05843',
  'log-fatal': '#1b0000',
  'log-fatal-ground': '#ff8a80',
  'log-system': '#d170ac',
  hit: '#5c4800',
  'hit-text': '#f2f2f5',
  'hit-now': '#ffc83d',
  'hit-now-text': '#15191c',
}

const mantine: Roles = {
  '--mantine-color-body': 'var(--fb-bg)',
  '--mantine-color-text': 'var(--fb-text)',
  '--mantine-color-dimmed': 'var(--fb-text3)',
  '--mantine-color-placeholder': 'var(--fb-text3)',
  '--mantine-color-default': 'var(--fb-surface)',
  '--mantine-color-default-hover': 'var(--fb-hover)',
  '--mantine-color-default-color': 'var(--fb-text)',
  '--mantine-color-default-border': 'var(--fb-ctrl)',
  '--mantine-color-error': 'var(--fb-danger)',
  '--mantine-color-success': 'var(--fb-ok)',
  '--mantine-color-anchor': 'var(--fb-accent)',
  '--mantine-color-azure-filled': 'var(--fb-fill)',
  '--mantine-color-azure-filled-hover': 'var(--fb-fill-hover)',
  '--mantine-primary-color-filled-hover': 'var(--fb-fill-hover)',
  '--mantine-color-gray-light-color': 'var(--fb-text2)',
  '--mantine-color-gray-light-hover': 'var(--fb-hover)',
}

const named = (roles: Roles): Roles =>
  Object.fromEntries(Object.entries(roles).map(([role, value]) => [`--fb-${role}`, value]))

export const resolver: CSSVariablesResolver = () => ({
  variables: { '--fb-sans': sans, '--fb-mono': mono },
  light: { ...named(light), ...mantine },
  dark: { ...named(night), ...mantine },
})

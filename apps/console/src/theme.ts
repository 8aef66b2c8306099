import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent: water under a crane. Quiet enough that a status keeps the eye. */
const harbour: MantineColorsTuple = [
  '#e9f6f9',
  '#d5e9ef',
  '#aad2de',
  '#7cbacc',
  '#56a6bd',
  '#3e99b3',
  '#2d8ba6',
  '#1d6f86',
  '#155d72',
  '#0b4a5c',
];

/** Cool greys with a little blue, from text on dark to the darkest ground. */
const dark: MantineColorsTuple = [
  '#d5dae1',
  '#b4bcc7',
  '#9aa4b2',
  '#6b7685',
  '#3a4452',
  '#2b3441',
  '#202833',
  '#171d26',
  '#11161d',
  '#0b0f14',
];

export const theme = createTheme({
  colors: { harbour, dark },
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 'sm',
  components: { Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close the dialog' } } } },
  fontFamily: "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.125rem' }, h2: { fontSize: '0.875rem' } } },
});

export { type Action, closePalette, openPalette, pageActions, palette, useActions } from './palette'

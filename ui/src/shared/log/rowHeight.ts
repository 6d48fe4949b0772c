// How high a row of one line is: 20 px, 18 in compact density.
export const rowHeight = (density: 'comfortable' | 'compact') => (density === 'compact' ? 18 : 20)

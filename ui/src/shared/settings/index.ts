export { type Settings, usual } from './fields'
export { changeSettings, local, settings, useSettings } from './settings'
export { syncSettings } from './sync'

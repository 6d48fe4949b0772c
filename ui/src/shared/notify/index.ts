export { askPermission, notify, type Permission, permission } from './notify'

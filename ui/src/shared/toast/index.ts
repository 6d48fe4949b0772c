export { Toasts } from './Toasts'
export { dismissAbout, toast } from './toast'

export { Toasts } from './Toasts'
export { toast } from './toast'

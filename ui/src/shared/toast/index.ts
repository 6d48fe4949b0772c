export { Toasts } from './Toasts'
export { type Toast, type ToastTone, toast } from './toast'
